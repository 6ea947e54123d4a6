/*
 * Making a table's memory and opening it: the one place where a buffer from outside is believed or refused.
 */

import { host } from '../host/host.js'
import { requireWhole } from '../memory/errors.js'
import {
  byteLengthOf,
  type Dimensions,
  HEADER_BYTES,
  HEADER_WORDS,
  LAYOUT_VERSION,
  MAGIC,
  MAX_TABLE_BYTES,
  type Memory,
  roundUp,
  viewsOf,
} from '../memory/layout.js'

/** Where a table is, or shall be. */
interface Place {
  readonly buffer?: ArrayBufferLike
  readonly byteOffset?: number
  readonly shared?: boolean
}

/**
 * Completes dimensions, and checks them.
 * @throws {RangeError} if one is not a whole number of at least 1, or the table would pass 2 GiB.
 */
export function resolveDimensions(options: Partial<Dimensions>): Dimensions {
  const dimensions = { maxThreads: 256, rowBytes: 8192, maxKeys: 1024 }
  let name: keyof Dimensions
  for (name in dimensions) {
    const { [name]: value = dimensions[name] } = options
    dimensions[name] = requireWhole(name, value, 1, MAX_TABLE_BYTES)
  }
  dimensions.rowBytes = roundUp(dimensions.rowBytes, 8)
  requireWhole('byteLength', byteLengthOf(dimensions), 1, MAX_TABLE_BYTES)
  return dimensions
}

const headerOf = (dimensions: Dimensions): number[] => [
  MAGIC,
  LAYOUT_VERSION,
  byteLengthOf(dimensions),
  dimensions.maxThreads,
  dimensions.rowBytes,
  dimensions.maxKeys,
]

/**
 * Makes a table, in zeroed memory of `buffer` or in a new one. One thread makes it; the others open it.
 * @throws {TypeError} if the memory is not zero there: another table's, or somebody else's.
 * @throws {RangeError} if it does not fit.
 */
export function createMemory(dimensions: Dimensions, place: Place): Memory {
  const { buffer, byteOffset = 0, shared = true } = place
  const byteLength = +byteOffset + byteLengthOf(dimensions)
  const own = () => (shared ? host.allocate(byteLength) : new ArrayBuffer(byteLength))
  const memory = viewMemory(dimensions, buffer ?? own(), place)
  // Memory of our own is zero: not to look at it keeps it unused.
  if (buffer && memory.i32.some(Boolean)) {
    throw new TypeError(`byteOffset ${byteOffset} is in use; use zeroed memory or SlotTable.from`)
  }
  memory.i32.set(headerOf(dimensions))
  return memory
}

/**
 * Opens a table that another thread made. Reads the header, writes nothing.
 * @throws {TypeError} if there is no table, one of another version, or a header that contradicts itself.
 * @throws {RangeError} if the table reaches past the end of the buffer.
 */
export function openMemory(buffer: ArrayBufferLike, place: Place): Memory {
  const byteOffset = checkPlace(buffer, place, HEADER_BYTES)
  const found = new Int32Array(buffer, byteOffset, HEADER_WORDS)
  const [, , , maxThreads = 0, rowBytes = 0, maxKeys = 0] = found
  const dimensions = { maxThreads, rowBytes, maxKeys }
  const expected = headerOf(dimensions)
  // No word is less than 1, so dimensions that are none don't pass either.
  if (rowBytes % 8 || found.some((word, i) => word < 1 || word !== expected[i])) {
    throw new TypeError(
      `no table at byteOffset ${byteOffset}: header ${found}, not ${expected}; use SlotTable.create`,
    )
  }
  return viewMemory(dimensions, buffer, place)
}

/** Where so many bytes start. */
function checkPlace(
  buffer: ArrayBufferLike,
  { byteOffset = 0, shared = true }: Place,
  byteLength: number,
): number {
  const kind = shared ? 'SharedArrayBuffer' : 'ArrayBuffer'
  // Not by `instanceof`, which fails for buffers of another realm.
  if (buffer?.[Symbol.toStringTag] !== kind) throw new TypeError(`${buffer} is no ${kind}`)
  if (
    requireWhole('byteOffset', byteOffset, 0, MAX_TABLE_BYTES) % 8 ||
    byteOffset + byteLength > buffer.byteLength
  ) {
    throw new RangeError(
      `${byteLength} bytes at byteOffset ${byteOffset} don't fit in ${buffer.byteLength}; use a multiple of 8, larger buffer`,
    )
  }
  return byteOffset
}

function viewMemory(dimensions: Dimensions, given: ArrayBufferLike, place: Place): Memory {
  const byteLength = byteLengthOf(dimensions)
  const byteOffset = checkPlace(given, place, byteLength)
  // Or what looks the same to one thread.
  const buffer = given as SharedArrayBuffer
  // Not `{ ...dimensions, ...views, … }`: on Node 20 that takes 4 µs, and each later access is slower.
  return Object.assign(viewsOf(buffer, byteOffset, byteLength), dimensions, {
    buffer,
    byteOffset,
    byteLength,
  })
}
