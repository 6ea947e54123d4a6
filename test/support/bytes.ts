// Bytes beside bytes.

/** The first place where bytes are not the same; −1 if there is none. */
export function differenceOf(some: Uint8Array, others: Uint8Array): number {
  if (some.length !== others.length) return Math.min(some.length, others.length)
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return i
  return -1
}
