/*
 * A small loop that computes: it counts the random points of a square that lie in a quarter of a circle.
 */

export const SEED = 0x9e3779b9

/** The next point (xorshift): its coordinates are the two halves of these 32 bits. */
export function nextPoint(point: number): number {
  let bits = point
  bits ^= bits << 13
  bits ^= bits >>> 17
  return bits ^ (bits << 5)
}

export function isInside(point: number): boolean {
  const [x, y] = [point & 0xffff, point >>> 16]
  return x * x + y * y < 2 ** 32
}

/** Some 4 µs of this work. Returns the point to go on from. */
export function computeFrom(point: number): number {
  let inside = 0
  let next = point
  for (let i = 0; i < 1000; i++) {
    next = nextPoint(next)
    if (isInside(next)) inside++
  }
  // So that no compiler can leave the loop out: it is never true.
  return inside > 1000 ? inside : next
}
