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
  TABLE_ID,
  viewsOf,
} from './layout.js'
import { store32, store64 } from './words.js'

/**
 * Completes dimensions, and checks them.
 * @throws {RangeError} if one is not a whole number of at least 1, or the table would pass 2 GiB.
 */
export function resolveDimensions(options: Partial<Dimensions>): Dimensions {
  const { maxThreads = 256, rowBytes = 8192, maxKeys = 1024 } = options
  const dimensions = { maxThreads, rowBytes: roundUp(rowBytes, 8), maxKeys }
  for (const [name, value] of Object.entries(dimensions)) checkRange(name, value, 1, MAX_TABLE_BYTES)
  checkRange(`bytes for ${JSON.stringify(dimensions)}`, byteLengthOf(dimensions), 1, MAX_TABLE_BYTES)
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
 * The first word of the header is stored last, so that nobody opens a table that is half made.
 * @throws {TypeError} if the memory is not zero there: another table's, or somebody else's.
 * @throws {RangeError} if it does not fit.
 */
export function createMemory(
  dimensions: Dimensions,
  buffer: SharedArrayBuffer | undefined,
  byteOffset: number,
): Memory {
  const place = buffer ?? new SharedArrayBuffer(byteOffset + byteLengthOf(dimensions))
  const memory = viewMemory(dimensions, place, byteOffset)
  const used = buffer === undefined ? -1 : memory.i32.findIndex(word => word !== 0)
  if (used !== -1) {
    throw new TypeError(
      `the memory is in use at byte ${byteOffset + 4 * used}; use zeroed memory, or SlotTable.from`,
    )
  }
  store64(memory, TABLE_ID, crypto.getRandomValues(new BigInt64Array(1))[0] as bigint)
  const header = headerOf(dimensions)
  for (let i = HEADER_WORDS - 1; i >= 0; i--) store32(memory, 4 * i, header[i] as number)
  return memory
}

/**
 * Opens a table that another thread made. Reads the header, writes nothing.
 * @throws {TypeError} if there is no table, one of another version, or a header that contradicts itself.
 * @throws {RangeError} if the table reaches past the end of the buffer.
 */
export function openMemory(buffer: SharedArrayBuffer, byteOffset: number): Memory {
  checkPlace(buffer, byteOffset, HEADER_BYTES)
  const found = [...new Int32Array(buffer, byteOffset, HEADER_WORDS)]
  const [, , , maxThreads = 0, rowBytes = 0, maxKeys = 0] = found
  const dimensions = { maxThreads, rowBytes, maxKeys }
  const expected = headerOf(dimensions)
  // No word is less than 1, so dimensions that are none don't pass either.
  if (rowBytes % 8 || found.some((word, i) => word < 1 || word !== expected[i])) {
    throw new TypeError(
      `no table of this version at byteOffset ${byteOffset}: expected ${expected}, got ${found}; use SlotTable.create`,
    )
  }
  return viewMemory(dimensions, buffer, byteOffset)
}

function checkPlace(buffer: SharedArrayBuffer, byteOffset: number, byteLength: number): void {
  const tag = Object.prototype.toString.call(buffer)
  if (tag !== '[object SharedArrayBuffer]')
    throw new TypeError(`a table needs a SharedArrayBuffer, got ${tag}`)
  if (byteOffset % 8) throw new RangeError(`byteOffset is ${byteOffset}; use a multiple of 8`)
  checkRange(
    `with ${byteLength} bytes in a buffer of ${buffer.byteLength}, byteOffset`,
    byteOffset,
    0,
    buffer.byteLength - byteLength,
  )
}

function viewMemory(dimensions: Dimensions, buffer: SharedArrayBuffer, byteOffset: number): Memory {
  const byteLength = byteLengthOf(dimensions)
  checkPlace(buffer, byteOffset, byteLength)
  return { ...dimensions, ...viewsOf(buffer, byteOffset, byteLength), buffer, byteOffset, byteLength }
}
