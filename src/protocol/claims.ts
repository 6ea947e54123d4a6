/*
 * Who owns what. Rows and key records are owned by a claim: one word that says who claimed it, and which thread started
 * that thread. Because it is one word, one compare-and-swap writes it, and whatever a dead thread or its dead workers owned
 * can be found by it.
 *
 *   claim, i64:  parent's thread id + 1, 0 if unknown | owner's thread id + 1, 0 if free
 *                (high 32 bits)                       | (low 32 bits)
 */
import { host, inheritedParentId } from '../host/current.js'
import { requireWhole } from '../memory/errors.js'
import { type Memory, ROWS_USED, rowAddress } from '../memory/layout.js'
import { load32 } from '../memory/words.js'

/** The claim word of a row or record that nobody owns. */
export const FREE = 0n
/** The largest thread id that fits into a claim. */
export const MAX_THREAD_ID = 0x7ffffffe

/** The thread that a table object acts for. By default it is the thread that creates the object. */
export interface ThreadOptions {
  /**
   * A number that no other thread of this table ever has, dead or alive. Default: the runtime's own thread id; in
   * browsers, the next number of the table.
   */
  readonly threadId?: number
  /** The thread with which this one dies. Default: the one that started it, if that thread uses this package. */
  readonly parentThreadId?: number
}

/** A thread that takes part in a table: its views of the memory, and the claim it marks its property with. */
export interface Participant {
  readonly memory: Memory
  readonly claim: bigint
}

/**
 * The claim of the thread that a table object acts for. `memory` is left out while the table is still to be made.
 * @throws {TypeError} if an id is not a number.
 * @throws {RangeError} if an id is out of range.
 */
export function claimOf(thread: ThreadOptions, memory?: Memory): bigint {
  const { threadId = host.threadId(memory), parentThreadId = inheritedParentId } = thread
  const parent = requireWhole('parentThreadId', parentThreadId, -1, MAX_THREAD_ID)
  const owner = requireWhole('threadId', threadId, 0, MAX_THREAD_ID)
  return (BigInt(parent + 1) << 32n) | BigInt(owner + 1)
}

/** The thread id of a claim's owner; −1 if the claim is free. */
export const ownerOf = (claim: bigint): number => Number(BigInt.asIntN(32, claim)) - 1

/** True if the claim's owner was started by this thread. */
export const isChildOf = (claim: bigint, threadId: number): boolean => claim >> 32n === BigInt(threadId + 1)

/** Number of rows that were ever claimed: never more than the table has, whatever a damaged header says. */
export const usedRowCount = (memory: Memory): number => Math.min(load32(memory, ROWS_USED), memory.maxThreads)

/** Addresses of all rows that were ever claimed, lowest first. */
export function usedRows(memory: Memory): number[] {
  const rows: number[] = []
  let row = rowAddress(memory, 0)
  const strideBytes = rowAddress(memory, 1) - row
  const used = usedRowCount(memory)
  // Adding strides: computing every address, or `Array.from`, would make attaching to a large table take twice as long.
  for (; rows.length < used; row += strideBytes) rows.push(row)
  return rows
}
