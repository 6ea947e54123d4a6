/*
 * The memory of a table. Everything that threads share is here; all other objects of this library are views, which any
 * thread can rebuild at any time.
 *
 *   byteOffset 0                                     (relative to the table; all numbers are bytes)
 *   +------------------+---------------------+------------------------+------------------------+
 *   | header       128 | directory           | key records            | rows                   |
 *   |                  | i32 x maxKeys       | 1024 x records         | rowStride x maxThreads |
 *   +------------------+---------------------+------------------------+------------------------+
 *
 *   one key record                                      one row
 *   +--------------------------------------+            +----------------------------------------+
 *   |  0  claim: owner, parent      i64    |            |  control  384    claim          i64    |
 *   |  8  type                      i32    |            |                  liveOwner      i32    |
 *   | 12  fold                      i32    |            |                  state          i32    |
 *   | 16  length, 0 for a scalar    i32    |            |                  wait words     i32 x 28
 *   | 20  byteOffset in the row     i32    |            |                  thread name    text 252
 *   | 24  histogram, 0 for none     i32    |            |  present, bank 0    u8 x maxKeys       |
 *   | 28  flags                     i32    |            |  present, bank 1    u8 x maxKeys       |
 *   | 32  nameBytes                 i32    |            |  present, live      u8 x maxKeys  hot  |
 *   | 36  unitBytes                 i32    |            |  live               rowBytes      hot  |
 *   | 40  helpBytes                 i32    |            |  bank 0             2 x rowBytes       |
 *   | 44  labelBytes, 0 for none    i32    |            |  bank 1             2 x rowBytes       |
 *   | 48  init                      8 B    |            +----------------------------------------+
 *   | 56  name, unit, help,                |
 *   |     labels as JSON      UTF-8 968 B  |
 *   +--------------------------------------+
 *
 *   a text, in a live area or as a thread's name (text.ts)
 *   +----------------+----------------------------------+----------------------------------+
 *   | version    i32 | buffer 0: byteLength i32, UTF-8  | buffer 1: byteLength i32, UTF-8  |
 *   +----------------+----------------------------------+----------------------------------+
 *
 * Only the row's owner writes the two hot blocks, in its loops. The banks of one row and the control block of the next lie
 * between the hot blocks of two rows, and are written only when a thread comes or goes. False sharing is therefore
 * impossible, however the buffer is aligned.
 */
import type { Scratch } from './scratch.js'
import type { Views } from './views.js'

/** The ASCII codes of 'SLOT', highest byte first. */
export const MAGIC = 0x534c4f54
/** Bump this when any number on this page changes. */
export const LAYOUT_VERSION = 3

// Two cache lines: x86 prefetches lines in pairs, and some Arm cores have lines of 128 bytes.
const BLOCK_BYTES = 128

// The header. i32 words: magic, version, byteLength, maxThreads, rowBytes, maxKeys, rowsUsed, nextThreadId; then the
// table's id, and three more words. The rest of the block is free.
export const HEADER_BYTES: number = BLOCK_BYTES
/** The first words describe the table, and never change. */
export const FIXED_HEADER_WORDS = 6
/** Number of rows that were ever claimed. */
export const ROWS_USED = 24
/** The next thread id to assign, where the runtime has no thread ids of its own. */
export const NEXT_THREAD_ID = 28
/** 64 random bits, written when threads need a name for the table. */
export const TABLE_ID = 32
/** Number of key records that were ever claimed. */
export const RECORDS_USED = 40
/** Number of threads that got no row. */
export const LOST_THREADS = 44
/** Number of keys that got no place, counted once for each thread and definition. */
export const LOST_KEYS = 48

// A key record: byte offsets from its start. The claim comes first, as in rows.
export const RECORD_BYTES = 1024
/** i32 words: type, fold, length, byteOffset, histogram, flags, nameBytes, unitBytes, helpBytes, labelBytes. */
export const RECORD_WORDS = 8
export const RECORD_INIT = 48
/** The name, the unit, the help text and the labels, one after the other. What is left of the record is free. */
export const RECORD_TEXTS = 56
/** Room for these texts. Labels get what the others leave. */
export const RECORD_TEXT_BYTES: number = RECORD_BYTES - RECORD_TEXTS
export const MAX_NAME_BYTES = 200
export const MAX_UNIT_BYTES = 60
export const MAX_HELP_BYTES = 400

/** The flags among these words. */
export const RECORD_FLAGS: number = RECORD_WORDS + 4 * 5
/** Set in a record's flags if a dead thread's values of the key are dropped rather than kept. */
export const NOT_RETIRED = 1
/** Set later, if labels have had no room. The rest of a published record never changes. */
export const OVERFLOWED = 2

// A row's control block: byte offsets from the row's start. The claim comes first.
const CONTROL_BYTES: number = 3 * BLOCK_BYTES
/** Thread id + 1 of the thread whose values the live area holds. */
export const ROW_LIVE_OWNER = 8
export const ROW_STATE = 12
/** i32 words, for any threads to wait on; not necessarily the row's owner. */
const ROW_WAIT_WORDS = 16
const WAIT_WORDS_PER_ROW = 28
/** The name of the thread whose values the live area holds: a text. */
export const ROW_THREAD_NAME: number = ROW_WAIT_WORDS + 4 * WAIT_WORDS_PER_ROW
/** A text takes 12 bytes, and twice its length; so it ends with the control block. */
export const MAX_THREAD_NAME_BYTES = 120

/*
 * The state word of a row is a seqlock version over double-buffered accumulators:
 *
 *   generation << 3 | retired << 2 | bank << 1 | counted
 *
 * `counted`: the live area holds values that belong in folds. `bank`: the active bank. `retired`: dead threads' values were
 * folded into it. The generation rises with every step that moves values between the live area and the banks, so a reader
 * that finds the word unchanged has read a consistent row.
 */
export const COUNTED = 1
export const BANK = 2
export const RETIRED = 4
export const GENERATION = 8

/** The active bank of a row in this state: 0 or 1. */
export const activeBank = (state: number): number => (state >> 1) & 1

/** A row has three blocks of values and of present bytes: bank 0, bank 1 and the live area. This is the third. */
export const LIVE = 2

/** Byte lengths and i32 indices in the header are signed. */
export const MAX_TABLE_BYTES = 0x7fffffff

/** A table's dimensions. All addresses follow from these three. */
export interface Dimensions {
  /** Number of rows: threads that can be attached at the same time. */
  readonly maxThreads: number
  /** Bytes of slots in each row; a multiple of 8. */
  readonly rowBytes: number
  /** Number of keys that can be created. */
  readonly maxKeys: number
}

/** One thread's views over a table. They start at the table, not at the buffer. */
export interface Memory extends Dimensions, Views {
  readonly buffer: SharedArrayBuffer
  /** Where the table starts in its buffer. */
  readonly byteOffset: number
  readonly byteLength: number
  /** Called before the rows are read. Only the default table has it. */
  beforeReading?: () => void
  /** See `scratchOf`. */
  scratch?: Scratch
}

// Addresses: functions from ordinals to byte offsets from the table's start.

/** Rounds up to a multiple of a power of two. A division would cost more, and addresses are computed for every value read. */
export const roundUp = (bytes: number, unit: number): number => bytes + (-bytes & (unit - 1))

export const directoryAddress = (keyId: number): number => HEADER_BYTES + 4 * keyId

/** The address of a key record, and of the record's claim. */
export const recordAddress = ({ maxKeys }: Dimensions, recordId: number): number =>
  HEADER_BYTES + roundUp(4 * maxKeys, BLOCK_BYTES) + RECORD_BYTES * recordId

/** Number of key records: one per key, and one per thread that is creating a key. */
export const recordCount = ({ maxKeys, maxThreads }: Dimensions): number => maxKeys + maxThreads

const presentBytes = ({ maxKeys }: Dimensions): number => roundUp(maxKeys, 8)

/** Bytes from the start of a row to the start of the next. */
const rowStrideBytes = (dimensions: Dimensions): number =>
  roundUp(CONTROL_BYTES + 3 * presentBytes(dimensions) + 5 * dimensions.rowBytes, BLOCK_BYTES)

/** The address of a row, and of the row's claim. */
export const rowAddress = (dimensions: Dimensions, rowId: number): number =>
  recordAddress(dimensions, recordCount(dimensions)) + rowStrideBytes(dimensions) * rowId

/** Bytes of a table: the address at which another row would start. */
export const tableBytes = (dimensions: Dimensions): number => rowAddress(dimensions, dimensions.maxThreads)

/** Number of wait words in the table. */
export const waitWordCount = ({ maxThreads }: Dimensions): number => maxThreads * WAIT_WORDS_PER_ROW

/** The address of a wait word. The words are numbered from row to row. */
export const waitWordAddress = (dimensions: Dimensions, wordId: number): number =>
  rowAddress(dimensions, Math.floor(wordId / WAIT_WORDS_PER_ROW)) +
  ROW_WAIT_WORDS +
  4 * (wordId % WAIT_WORDS_PER_ROW)

// Within a row. `row` is the row's address.

/** The address of a key's present byte in a block: bank 0, bank 1, or `LIVE`. */
export const presentAddress = (dimensions: Dimensions, row: number, block: number, keyId: number): number =>
  row + CONTROL_BYTES + presentBytes(dimensions) * block + keyId

/**
 * The address of a block of values: bank 0, bank 1, or `LIVE`. Every element of a bank takes 8 bytes, whatever its type,
 * so a key at byte b of the live area is at byte 2b of a bank.
 */
export const blockAddress = (dimensions: Dimensions, row: number, block: number): number =>
  presentAddress(dimensions, row, LIVE + 1, 0) + dimensions.rowBytes * (block === LIVE ? 0 : 1 + 2 * block)
