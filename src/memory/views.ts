/*
 * Typed views of the same bytes.
 */
import { bytesPerElement, ELEMENT_TYPES, TYPES } from './slot-types.js'

/** The same bytes as elements of each type. */
export interface Views<B extends ArrayBufferLike = SharedArrayBuffer> {
  readonly i32: Int32Array<B>
  readonly u32: Uint32Array<B>
  readonly f32: Float32Array<B>
  readonly f64: Float64Array<B>
  readonly i64: BigInt64Array<B>
  readonly u64: BigUint64Array<B>
  readonly u8: Uint8Array<B>
}

/** Makes views of fixed length. Views that track a growable buffer's length are ten times as slow to access. */
export function viewsOf<B extends ArrayBufferLike>(
  buffer: B,
  byteOffset: number,
  byteLength: number,
): Views<B> {
  const views: { [type: string]: unknown } = {}
  for (const type of ELEMENT_TYPES)
    views[type] = new TYPES[type].array(buffer, byteOffset, byteLength / bytesPerElement(type))
  return views as unknown as Views<B>
}
