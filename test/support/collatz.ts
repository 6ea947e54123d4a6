// The results of the WebAssembly kernel, computed in another way.

/** Numbers from the first to below the second. */
export type Range = readonly [from: number, to: number]

/** How many numbers there are, the sum of their Collatz steps, and the sum of the largest numbers that they reach. */
export type Counts = readonly [numbers: number, steps: bigint, peaks: number]

/**
 * The counts of a range of numbers. Unlike the kernel, it follows each number only until a smaller one, whose
 * results it has stored.
 */
export function collatzCounts([from, to]: Range): Counts {
  const known = { steps: new Float64Array(to), peaks: new Float64Array(to) }
  let [sumOfSteps, sumOfPeaks] = [0, 0]
  for (let n = 1; n < to; n++) {
    let [steps, peak, next] = [0, n, n]
    while (next > 1 && next >= n) {
      next = next % 2 === 0 ? next / 2 : 3 * next + 1
      peak = Math.max(peak, next)
      steps++
    }
    known.steps[n] = steps += known.steps[next] as number
    known.peaks[n] = peak = Math.max(peak, known.peaks[next] as number)
    if (n < from) continue
    sumOfSteps += steps
    sumOfPeaks += peak
  }
  return [to - from, BigInt(sumOfSteps), sumOfPeaks]
}

export const addCounts = ([a, b, c]: Counts, [x, y, z]: Counts): Counts => [a + x, b + y, c + z]
