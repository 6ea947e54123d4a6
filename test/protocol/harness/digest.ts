// A short string that stands for the contents of a memory.

/** For each quarter of a digest: an odd multiplier without a pattern, and a start value. */
const QUARTERS = [
  [0x9e3779b1, 0x243f6a89],
  [0x85ebca77, 0x13198a2e],
  [0xc2b2ae3d, 0xa4093822],
  [0x27d4eb2f, 0x299f31d0],
] as const

/**
 * A 128-bit digest. It isn't cryptographic, and needn't be: nobody chooses the words in order to make two memories
 * collide, so different memories share a digest only by chance.
 */
export function digestOf(parts: readonly Uint32Array[]): string {
  let [a, b, c, d] = QUARTERS.map(([, start]) => start) as [number, number, number, number]
  const [[p], [q], [r], [s]] = QUARTERS
  for (const words of parts) {
    for (let i = 0; i < words.length; i++) {
      const word = words[i] as number
      a = Math.imul(a ^ word, p)
      a ^= a >>> 15
      b = Math.imul(b ^ word, q)
      b ^= b >>> 13
      c = Math.imul(c + word, r)
      c ^= c >>> 16
      d = Math.imul(d + word, s)
      d ^= d >>> 14
    }
  }
  return `${a},${b},${c},${d}`
}
