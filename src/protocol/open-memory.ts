/*
 * Creating and opening a table's memory: the one place where a buffer from outside is accepted or rejected.
 */
import { host } from '../host/current.js'
import type { Host } from '../host/host.js'
import { outOfRange, requireWhole, wrongType } from '../memory/errors.js'
import {
  type Dimensions,
  FIXED_HEADER_WORDS,
  HEADER_BYTES,
  LAYOUT_VERSION,
  MAGIC,
  MAX_TABLE_BYTES,
  type Memory,
  roundUp,
  tableBytes,
} from '../memory/layout.js'
import { viewsOf } from '../memory/views.js'

/** Where a table lies. */
export interface Location {
  readonly byteOffset?: number
  readonly shared?: boolean
}

/**
 * Fills in default dimensions, and checks all of them.
 * @throws {TypeError} if a dimension is not a number.
 * @throws {RangeError} if one is not a whole number of at least 1, or the table would exceed 2 GiB.
 */
export function resolveDimensions(options: Partial<Dimensions>): Dimensions {
  const { maxThreads = 256, rowBytes = 8192, maxKeys = 1024 } = options
  requireWhole('maxThreads', maxThreads, 1, MAX_TABLE_BYTES)
  requireWhole('rowBytes', rowBytes, 1, MAX_TABLE_BYTES)
  requireWhole('maxKeys', maxKeys, 1, MAX_TABLE_BYTES)
  const dimensions = { maxThreads, rowBytes: roundUp(rowBytes, 8), maxKeys }
  requireWhole("the table's byteLength", tableBytes(dimensions), 1, MAX_TABLE_BYTES)
  return dimensions
}

const headerOf = (dimensions: Dimensions): number[] => [
  MAGIC,
  LAYOUT_VERSION,
  tableBytes(dimensions),
  dimensions.maxThreads,
  dimensions.rowBytes,
  dimensions.maxKeys,
]

/**
 * Creates a table in zeroed memory of a given buffer, or in a new one. One thread creates a table; all others open it.
 * @param allocate makes the new buffer, if it is to be shared.
 * @throws {TypeError} if the memory is in use, or can't be shared here.
 * @throws {RangeError} if the table doesn't fit, or there is no memory left.
 */
export function createMemory(
  dimensions: Dimensions,
  location: Location & { readonly buffer?: ArrayBufferLike },
  allocate: Host['allocate'] = host.allocate,
): Memory {
  const { shared = true } = location
  const endByte = requireByteOffset(location) + tableBytes(dimensions)
  const buffer = location.buffer ?? (shared ? allocate(endByte) : new ArrayBuffer(endByte))
  const memory = viewMemory(dimensions, buffer, location)
  // A fresh buffer is already zero; scanning it would only commit its pages.
  if (location.buffer && memory.i32.some(Boolean)) {
    throw new TypeError(
      `the memory at byteOffset ${memory.byteOffset} is in use; use zeroed memory, or SlotTable.from`,
    )
  }
  memory.i32.set(headerOf(dimensions))
  return memory
}

/**
 * Creates a default table of the host's dimensions. Where address space is limited, the number of threads and the size of their
 * rows are divided by eight until the table fits, which leaves most of the space to the program.
 * @throws {TypeError} if memory can't be shared here.
 * @throws {RangeError} if there is no room even for a few threads.
 */
export function reserveMemory(): Memory {
  let dimensions = host.defaultDimensions
  for (;;) {
    try {
      return createMemory(dimensions, {}, host.reserve)
    } catch (error) {
      if (!(error instanceof RangeError) || dimensions.maxThreads < 8) throw error
      const { maxThreads, rowBytes, maxKeys } = dimensions
      dimensions = { maxThreads: maxThreads / 8, rowBytes: rowBytes / 8, maxKeys }
    }
  }
}

/**
 * Opens a table that another thread created. It only reads.
 * @throws {TypeError} if there is no table, or one of another version, or if its header contradicts itself.
 * @throws {RangeError} if the table extends past the end of the buffer.
 */
export function openMemory(buffer: ArrayBufferLike, location: Location): Memory {
  const byteOffset = requireLocation(buffer, location, HEADER_BYTES)
  const found = new Int32Array(buffer, byteOffset, FIXED_HEADER_WORDS)
  const [, , , maxThreads = 0, rowBytes = 0, maxKeys = 0] = found
  const dimensions = { maxThreads, rowBytes, maxKeys }
  const expected = headerOf(dimensions)
  // Every valid header word is at least 1, so this also rejects invalid dimensions.
  if (rowBytes % 8 !== 0 || found.some((word, i) => word < 1 || word !== expected[i])) {
    throw new TypeError(
      `the header at byteOffset ${byteOffset} is ${found}, not that of a table of this version; use SlotTable.create`,
    )
  }
  return viewMemory(dimensions, buffer, location)
}

function requireByteOffset({ byteOffset = 0 }: Location): number {
  if (requireWhole('byteOffset', byteOffset, 0, MAX_TABLE_BYTES) % 8 === 0) return byteOffset
  throw outOfRange('byteOffset', byteOffset, 'a multiple of 8')
}

/** Checks that `byteLength` bytes lie at a location of a buffer, and returns where they start. */
function requireLocation(buffer: ArrayBufferLike, location: Location, byteLength: number): number {
  const { shared = true } = location
  const kind = shared ? 'SharedArrayBuffer' : 'ArrayBuffer'
  if (!isBuffer(buffer, kind)) throw wrongType('the buffer', buffer, `a genuine ${kind}`)
  const byteOffset = requireByteOffset(location)
  if (byteOffset + byteLength <= buffer.byteLength) return byteOffset
  const use = `a buffer with ${byteLength} bytes from byteOffset ${byteOffset} on`
  throw outOfRange("the buffer's byteLength", buffer.byteLength, use)
}

/** Not by `instanceof`, which fails for buffers of another realm. An object that only looks like a buffer is copied. */
const isBuffer = (value: ArrayBufferLike, kind: string): boolean =>
  value?.[Symbol.toStringTag] === kind && new Uint8Array(value, 0, 0).buffer === value

function viewMemory(dimensions: Dimensions, given: ArrayBufferLike, location: Location): Memory {
  const byteLength = tableBytes(dimensions)
  const byteOffset = requireLocation(given, location, byteLength)
  // An unshared ArrayBuffer looks the same to its one thread.
  const buffer = given as SharedArrayBuffer
  // Not `{ ...dimensions, ...views, … }`: that takes 4 µs on Node 20, and slows every later access.
  return Object.assign(viewsOf(buffer, byteOffset, byteLength), dimensions, {
    buffer,
    byteOffset,
    byteLength,
  })
}
