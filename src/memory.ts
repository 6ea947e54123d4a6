/*
 * Making a table's memory and opening it: the one place where a buffer from outside is believed or refused.
 */
import { checkRange } from './checks.js'
import {
  byteLengthOf,
  type Dimensions,
  HEADER_BYTES,
  LAYOUT_VERSION,
  MAGIC,
  MAX_TABLE_BYTES,
  type Memory,
  roundUp,
  viewsOf,
} from './layout.js'

/**
 * Completes dimensions, and checks them.
 * @throws {RangeError} if one is not a whole number of at least 1, or the table would pass 2 GiB.
 */
export function resolveDimensions(options: Partial<Dimensions>): Dimensions {
  const { maxThreads = 256, rowBytes = 8192, maxKeys = 1024 } = options
  const dimensions = { maxThreads, rowBytes, maxKeys }
  for (const [name, value] of Object.entries(dimensions)) checkRange(name, value, 1, MAX_TABLE_BYTES)
  dimensions.rowBytes = roundUp(rowBytes, 8)
  checkRange('byteLength', byteLengthOf(dimensions), 1, MAX_TABLE_BYTES)
  return dimensions
}

const HEADER_WORDS = 6

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
export function createMemory(
  dimensions: Dimensions,
  buffer: ArrayBufferLike | undefined,
  byteOffset = 0,
): Memory {
  const place = buffer ?? new SharedArrayBuffer(+byteOffset + byteLengthOf(dimensions))
  const memory = viewMemory(dimensions, place, byteOffset)
  // Memory of our own is zero: not to look at it keeps it unused.
  if (buffer && memory.i32.some(Boolean)) {
    throw new TypeError(`memory at byteOffset ${byteOffset} is in use; use zeroed memory or SlotTable.from`)
  }
  memory.i32.set(headerOf(dimensions))
  return memory
}

/**
 * Opens a table that another thread made. Reads the header, writes nothing.
 * @throws {TypeError} if there is no table, one of another version, or a header that contradicts itself.
 * @throws {RangeError} if the table reaches past the end of the buffer.
 */
export function openMemory(buffer: ArrayBufferLike, byteOffset = 0): Memory {
  checkPlace(buffer, byteOffset, HEADER_BYTES)
  const found = new Int32Array(buffer, byteOffset, HEADER_WORDS)
  const [, , , maxThreads = 0, rowBytes = 0, maxKeys = 0] = found
  const dimensions = { maxThreads, rowBytes, maxKeys }
  const expected = headerOf(dimensions)
  // No word is less than 1, so dimensions that are none don't pass either.
  if (rowBytes % 8 || found.some((word, i) => word < 1 || word !== expected[i])) {
    throw new TypeError(
      `no table at byteOffset ${byteOffset}: its header is ${found}, expected ${expected}; use SlotTable.create`,
    )
  }
  return viewMemory(dimensions, buffer, byteOffset)
}

function checkPlace(
  buffer: ArrayBufferLike,
  byteOffset: number,
  byteLength: number,
): asserts buffer is SharedArrayBuffer {
  // Not by `instanceof`, which fails for buffers of another realm.
  if (buffer?.[Symbol.toStringTag] !== 'SharedArrayBuffer') {
    throw new TypeError(`a table needs a SharedArrayBuffer, got ${buffer}`)
  }
  if (
    checkRange('byteOffset', byteOffset, 0, MAX_TABLE_BYTES) % 8 ||
    byteOffset + byteLength > buffer.byteLength
  ) {
    throw new RangeError(
      `${byteLength} bytes at byteOffset ${byteOffset} don't fit in ${buffer.byteLength}; ` +
        'use a multiple of 8, in a larger buffer',
    )
  }
}

function viewMemory(dimensions: Dimensions, buffer: ArrayBufferLike, byteOffset: number): Memory {
  const byteLength = byteLengthOf(dimensions)
  checkPlace(buffer, byteOffset, byteLength)
  return { ...dimensions, ...viewsOf(buffer, byteOffset, byteLength), buffer, byteOffset, byteLength }
}
