/*
 * The memory of a table. Everything that threads share is here and nowhere else; all other objects
 * of this library are views, which any thread can rebuild at any time.
 *
 *   byteOffset 0                                        (of the table; all numbers are bytes)
 *   +------------------+---------------------+------------------------+------------------------+
 *   | header       128 | directory           | key records            | rows                   |
 *   |                  | i32 x maxKeys       | 128 x records          | rowStride x maxThreads |
 *   +------------------+---------------------+------------------------+------------------------+
 *
 *   one key record                                      one row
 *   +--------------------------------------+            +----------------------------------------+
 *   |  0  claim: owner, parent      i64    |            |  control  128    claim          i64    |
 *   |  8  type                      i32    |            |                  valuesOf       i32    |
 *   | 12  fold                      i32    |            |                  state          i32    |
 *   | 16  length, 0 for a scalar    i32    |            |                  waits      28 x i32   |
 *   | 20  byteOffset in the row     i32    |            |  present, bank 0    u8 x maxKeys       |
 *   | 24  nameBytes                 i32    |            |  present, bank 1    u8 x maxKeys       |
 *   | 28  histogram, 0 for none     i32    |            |  present, live      u8 x maxKeys  hot  |
 *   | 32  init                      8 B    |            |  live               rowBytes      hot  |
 *   | 40  name, UTF-8              88 B    |            |  bank 0             2 x rowBytes       |
 *   |                                      |            |  bank 1             2 x rowBytes       |
 *   +--------------------------------------+            +----------------------------------------+
 *
 * Only the row's owner writes the two hot blocks, in its loops. Between the hot blocks of two rows lie
 * the banks of the one and the control block of the other, which are written only when a thread comes
 * or goes: so false sharing is impossible, however the buffer is aligned.
 */

/** 'SLOT' as four characters, highest byte first. */
export const MAGIC = 0x534c4f54
/** Raised whenever a number on this page changes. */
export const LAYOUT_VERSION = 1

// Two cache lines: x86 prefetches lines in pairs, and some ARM cores have lines of 128 bytes.
const BLOCK_BYTES = 128

// The header, i32 words: magic, version, byteLength, maxThreads, rowBytes, maxKeys, rowsUsed, nextThreadId; then the
// table's id. The rest is free.
export const HEADER_BYTES: number = BLOCK_BYTES
/** Those that say what the table is. They never change. */
export const HEADER_WORDS = 6
export const ROWS_USED = 24
/** Where the runtime has no thread ids, they are counted here. */
export const NEXT_THREAD_ID = 28
/** 64 random bits, where threads need a name for the table. */
export const TABLE_ID = 32

// A key record: bytes from its start.
export const RECORD_BYTES: number = BLOCK_BYTES
/** i32 words: type, fold, length, byteOffset, nameBytes, histogram. */
export const RECORD_WORDS = 8
export const RECORD_INIT = 32
export const RECORD_NAME = 40
/** What a record leaves for the name. */
export const MAX_NAME_BYTES: number = RECORD_BYTES - RECORD_NAME

// A row's control block: bytes from the row's start. The claim comes first, in records as in rows.
const CONTROL_BYTES = BLOCK_BYTES
/** The thread id + 1 of the one whose values the live area holds. */
export const ROW_VALUES_OF = 8
export const ROW_STATE = 12
/** i32 words, to the end of the block, that threads may wait on: whichever thread, not the row's own. */
export const ROW_WAITS = 16
export const WAITS_PER_ROW = 28

/**
 * The state word of a row: `generation << 2 | bank << 1 | counted`. It changes with every step that
 * moves values between the live area and the banks, so a reader that finds it unchanged has read a
 * consistent row.
 */
export const COUNTED = 1
export const BANK = 2
export const GENERATION = 4

/** The active bank of a row in this state. */
export const bankOf = (state: number): number => (state >> 1) & 1

/** Two banks, and the live area, have a block of present bytes each. */
export const LIVE = 2

/** i32 indices and byte lengths in the header are signed. */
export const MAX_TABLE_BYTES = 0x7fffffff

export type SlotType = 'i32' | 'u32' | 'f32' | 'f64' | 'i64' | 'u64' | 'u8'
export type Fold = 'sum' | 'min' | 'max' | 'none'

/** The position of a fold in this list, plus 1, is its code in a key record. */
export const FOLDS: readonly Fold[] = ['sum', 'min', 'max', 'none']

/** A typed array of any type. */
export interface Elements {
  readonly length: number
  [index: number]: number | bigint
}

interface TypeTraits {
  readonly array: {
    readonly BYTES_PER_ELEMENT: number
    new (length: number): Elements
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): Elements
    from(elements: Iterable<never>): Elements
  }
  readonly sum: number | bigint
  readonly min: number | bigint
  readonly max: number | bigint
  readonly isFloat?: boolean
}

/**
 * Of each type: its typed array, and the identity of each fold, which is also what its values range between. The
 * order is part of the layout.
 */
export const TYPES: Readonly<Record<SlotType, TypeTraits>> = {
  i32: { array: Int32Array, sum: 0, min: 0x7fffffff, max: -0x80000000 },
  u32: { array: Uint32Array, sum: 0, min: 0xffffffff, max: 0 },
  f32: { array: Float32Array, sum: 0, min: Infinity, max: -Infinity, isFloat: true },
  f64: { array: Float64Array, sum: 0, min: Infinity, max: -Infinity, isFloat: true },
  i64: { array: BigInt64Array, sum: 0n, min: 0x7fffffffffffffffn, max: -0x8000000000000000n },
  u64: { array: BigUint64Array, sum: 0n, min: 0xffffffffffffffffn, max: 0n },
  u8: { array: Uint8Array, sum: 0, min: 255, max: 0 },
}

/** The position of a type in this list, plus 1, is its code in a key record. */
export const SLOT_TYPES: readonly SlotType[] = Object.keys(TYPES) as SlotType[]

export const bytesOf = (type: SlotType): number => TYPES[type].array.BYTES_PER_ELEMENT

/** The value that changes no fold: what a key without an `init` starts from, and the fold of no thread. */
export const identityOf = (type: SlotType, fold: Fold): number | bigint =>
  TYPES[type][fold === 'none' ? 'sum' : fold]

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

/** Views of fixed length: one that tracks a growable buffer's length costs ten times as much at each access. */
export function viewsOf<B extends ArrayBufferLike>(
  buffer: B,
  byteOffset: number,
  byteLength: number,
): Views<B> {
  const views: { [type: string]: unknown } = {}
  for (const type of SLOT_TYPES)
    views[type] = new TYPES[type].array(buffer, byteOffset, byteLength / bytesOf(type))
  return views as unknown as Views<B>
}

/** What a table was made with. All addresses follow from these three. */
export interface Dimensions {
  readonly maxThreads: number
  /** A multiple of 8. */
  readonly rowBytes: number
  readonly maxKeys: number
}

/** One thread's views over a table. They start at the table, not at the buffer. */
export interface Memory extends Dimensions, Views {
  readonly buffer: SharedArrayBuffer
  /** Of the table in its buffer. */
  readonly byteOffset: number
  readonly byteLength: number
}

// Addresses: ordinals in, byte offsets from the table's start out.

/** To the next multiple of a power of two. Not by division: addresses are worked out for each value that is read. */
export const roundUp = (bytes: number, unit: number): number => bytes + (-bytes & (unit - 1))

export const directoryAddress = (keyId: number): number => HEADER_BYTES + 4 * keyId

/** Also the address of the record's claim. */
export const recordAddress = ({ maxKeys }: Dimensions, recordId: number): number =>
  HEADER_BYTES + roundUp(4 * maxKeys, BLOCK_BYTES) + RECORD_BYTES * recordId

/** Key records: one for each key, and one for each thread that is just making a key. */
export const recordsOf = ({ maxKeys, maxThreads }: Dimensions): number => maxKeys + maxThreads

const presentBytes = ({ maxKeys }: Dimensions): number => roundUp(maxKeys, 8)

/** Also the address of the row's claim. */
export const rowAddress = (dimensions: Dimensions, rowId: number): number =>
  recordAddress(dimensions, recordsOf(dimensions)) +
  roundUp(CONTROL_BYTES + 3 * presentBytes(dimensions) + 5 * dimensions.rowBytes, BLOCK_BYTES) * rowId

/** The bytes of a table: where the row after the last one would start. */
export const byteLengthOf = (dimensions: Dimensions): number => rowAddress(dimensions, dimensions.maxThreads)

// Within a row, which is named by its address.

/** The present byte of a key in one of a row's blocks: bank 0, bank 1, or `LIVE`. */
export const presentAddress = (dimensions: Dimensions, row: number, block: number, keyId: number): number =>
  row + CONTROL_BYTES + presentBytes(dimensions) * block + keyId

/**
 * A row's values, in the same blocks. Elements of banks take 8 bytes, whatever their type: a key at byte b of the
 * live area is at byte 2b of a bank.
 */
export const blockAddress = (dimensions: Dimensions, row: number, block: number): number =>
  presentAddress(dimensions, row, LIVE + 1, 0) + dimensions.rowBytes * (block === LIVE ? 0 : 1 + 2 * block)
