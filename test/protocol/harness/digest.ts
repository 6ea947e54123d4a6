// A short name for what a memory holds.

/** Odd numbers without a pattern, and a place to start from, one pair for each part of a digest. */
const PARTS = [
  [0x9e3779b1, 0x243f6a89],
  [0x85ebca77, 0x13198a2e],
  [0xc2b2ae3d, 0xa4093822],
  [0x27d4eb2f, 0x299f31d0],
] as const

/** 128 bits. Words that differ have the same one by chance alone: memories are at rest here, and nobody's invention. */
export function digestOf(words: Uint32Array): string {
  let [a, b, c, d] = PARTS.map(([, start]) => start) as [number, number, number, number]
  const [[p], [q], [r], [s]] = PARTS
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
  return `${a},${b},${c},${d}`
}
