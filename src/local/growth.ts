/*
 * What a sum has grown by between two readings, although 32-bit integers wrap.
 */
import type { ResolvedSpec } from '../memory/schema.js'

/**
 * The growth behind the difference of two readings of a sum, or of one element of it.
 *
 * When a 32-bit integer wraps in a thread, the sum over all threads falls by 2^32. A fall counts as wraps if these imply a
 * growth of less than 2^31; any other fall is a reset, and is returned as it is. A sum with `retire: false` doesn't count
 * as wrapped, because it falls when a thread ends.
 */
export function growthOf(
  { type, retire }: Pick<ResolvedSpec, 'type' | 'retire'>,
  difference: number,
): number {
  const canWrap = retire && (type === 'u32' || type === 'i32')
  // The remainder of a division by 2^32, from −2^31 to 2^31 − 1.
  const remainder = difference | 0
  return canWrap && difference < 0 && remainder >= 0 ? remainder : difference
}
