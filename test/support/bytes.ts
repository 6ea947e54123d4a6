/** The first index at which two byte arrays differ; −1 if they are the same. */
export function firstDifference(some: Uint8Array, others: Uint8Array): number {
  if (some.length !== others.length) return Math.min(some.length, others.length)
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return i
  return -1
}
