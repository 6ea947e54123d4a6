/*
 * The colour of a point, by the number of steps in which it escaped. The colours form a circle. The more
 * steps, the more slowly the colour moves along it.
 */

/** Colours on the circle, at equal distances: from dark to light and back, and from cold to warm. */
const STOPS = ['#0a1a33', '#12527a', '#3fb8b0', '#f3f1d4', '#f2a33c', '#b8402f', '#4a1b52']
/** The number of colours on the circle. */
const ROUND = 1024
/**
 * How often the colour goes round when the steps grow by a factor of e. A constant, so that each frame fits
 * into the one before.
 */
const TURNS = 1.35

/** Red, green and blue, as amounts of light from 0 to 1. */
const circle = new Float64Array(3 * ROUND)
for (let i = 0; i < ROUND; i++) {
  const at = (i / ROUND) * STOPS.length
  const [from, to] = [STOPS[Math.floor(at)], STOPS[(Math.floor(at) + 1) % STOPS.length]].map(lightOf)
  // The cosine slows down at the stops, so that no edge is visible there.
  const share = (1 - Math.cos(Math.PI * (at % 1))) / 2
  for (let c = 0; c < 3; c++) {
    circle[3 * i + c] = ((from?.[c] as number) * (1 - share) + (to?.[c] as number) * share) ** 2
  }
}

function lightOf(colour = ''): number[] {
  return [1, 3, 5].map(start => Number.parseInt(colour.slice(start, start + 2), 16) / 255)
}

/** Adds a share of a point's colour to a sum of colours. */
export function addColour(steps: number, share: number, sum: Float64Array): void {
  const turns = TURNS * Math.log(steps + 4)
  const index = 3 * Math.floor((turns - Math.floor(turns)) * ROUND)
  for (let c = 0; c < 3; c++) sum[c] = (sum[c] as number) + share * (circle[index + c] as number)
}
