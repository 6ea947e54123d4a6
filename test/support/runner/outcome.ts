// What the runner concludes from the output and the exit of a test file.
import { type Skip, skipsIn } from '../../../tools/testing/skip-lines.js'

export interface Outcome {
  readonly file: string
  readonly passed: number
  /** Tests that ran; skipped ones are not among them. */
  readonly total: number
  readonly skips: readonly Skip[]
  readonly seconds: number
  /** Why the file failed; undefined if it passed. */
  readonly problem: string | undefined
  readonly output: string
}

/**
 * Reads uvu's summary in a test file's output. A file passes only if it says how many tests it ran and that
 * all of them passed: uvu exits with 0 when a hook throws or `.run()` was forgotten.
 * @param ending what was wrong with the way in which the file ended, if anything.
 */
export function judge(
  output: string,
  ending: string | undefined,
): Pick<Outcome, 'total' | 'passed' | 'skips' | 'problem'> {
  const count = (label: string) => Number(output.match(new RegExp(`^\\s*${label}:\\s+(\\d+)`, 'm'))?.[1] ?? 0)
  const [total, passed, skipped] = [count('Total'), count('Passed'), count('Skipped')]
  const skips = skipsIn(output)
  const problem = (): string | undefined => {
    if (ending !== undefined) return ending
    if (total + skipped === 0) return 'ran no test: is .run() missing?'
    if (passed !== total) return `${total - passed} of ${total} did not pass`
    if (skipped !== skips.length)
      return `${skipped} tests were skipped, but ${skips.length} reasons were given`
    return undefined
  }
  return { total, passed, skips, problem: problem() }
}

export const passedIn = (outcomes: readonly Outcome[]): number =>
  outcomes.reduce((sum, { passed }) => sum + passed, 0)

/** Number of failed tests. A file that failed without a failing test counts as one. */
export const failedIn = (outcomes: readonly Outcome[]): number =>
  outcomes.reduce(
    (sum, { problem, passed, total }) => sum + (problem === undefined ? 0 : Math.max(1, total - passed)),
    0,
  )

/** One line about a test file, followed by its whole output if it failed. */
export function describe({ file, passed, total, skips, seconds, problem, output }: Outcome): string {
  const verdict = problem === undefined ? 'ok  ' : 'FAIL'
  const counts = `${passed}/${total}`.padStart(7)
  const skipped = skips.length === 0 ? '' : `, ${skips.length} skipped`
  const line = `${verdict} ${counts}  ${seconds.toFixed(1).padStart(5)} s  ${file}${skipped}`
  return problem === undefined ? line : `${line}\n${problem}\n${output}`
}
