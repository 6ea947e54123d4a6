/*
 * Who owns what. Rows and key records are owned by a claim: one word that says who claimed it and whose
 * child that thread is. Because it is one word, it is written by one compare-and-swap, and a thread that
 * dies at any later instant, or with the thread that started it, can be found by it.
 *
 *   claim, i64:  parent's thread id + 1, 0 if unknown | owner's thread id + 1, 0 if free
 *                (high 32 bits)                       | (low 32 bits)
 */

import { type Defer, host, inheritedId } from '../host/host.js'
import { requireWhole } from '../memory/errors.js'
import {
  directoryAddress,
  type Memory,
  ROWS_USED,
  recordAddress,
  recordsOf,
  rowAddress,
} from '../memory/layout.js'
import { load32, load64, swap64 } from '../memory/words.js'
import type { SlotTable } from '../table/slot-table.js'

/** Told of threads that died together, while their values can still be read in their rows. */
export type DeathWitness = (threadIds: ReadonlySet<number>, defer?: Defer) => void

/** The claim word of what nobody owns. */
export const FREE = 0n
/** The greatest thread id that a claim can hold. */
export const MAX_THREAD_ID = 0x7ffffffe

/** Which thread a table object acts for. Left out: the thread that makes the object. */
export interface ThreadOptions {
  /**
   * A number that no other thread of this table ever has, dead or alive. Default: the runtime's own; in browsers,
   * the next of the table.
   */
  readonly threadId?: number
  /** The thread with which this one dies. Default: the one that started it, if it uses this package. */
  readonly parentThreadId?: number
}

/**
 * The claim of the thread that a table object acts for. The table is left out while it is still to be made.
 * @throws {RangeError} if an id is out of range.
 */
export function claimOf(thread: ThreadOptions, table?: SlotTable): bigint {
  const { threadId = host.threadId(table), parentThreadId = inheritedId } = thread
  return (
    (BigInt(requireWhole('parentThreadId', parentThreadId, -1, MAX_THREAD_ID) + 1) << 32n) |
    BigInt(requireWhole('threadId', threadId, 0, MAX_THREAD_ID) + 1)
  )
}

/** The thread id of a claim's owner; −1 if it is free. */
export const ownerOf = (claim: bigint): number => Number(BigInt.asIntN(32, claim)) - 1

/**
 * The addresses of the rows that were ever claimed; all others are virgin. Never more than there are, whatever the
 * memory says.
 */
export function usedRows(memory: Memory): number[] {
  const rows: number[] = []
  let row = rowAddress(memory, 0)
  const strideBytes = rowAddress(memory, 1) - row
  const used = Math.min(load32(memory, ROWS_USED), memory.maxThreads)
  // By strides: to work each address out would take a tenth of a fold.
  for (; rows.length < used; row += strideBytes) rows.push(row)
  return rows
}

/**
 * Frees the rows and unpublished records of a dead thread and of all that died with it. A row's values
 * stay in its live area until the next claimer folds them.
 *
 * Who may call it: any thread, for a thread that will never run again; several may, at once. It never waits.
 * A crash inside leaves the rest to the next release of the same thread, or of an ancestor of it: children
 * are freed before their parents, and a thread's rows last, so that the line of descent stays readable.
 *
 * `witnesses` are told the ids of all these threads while their rows are still theirs. With `defer`, that is all that is
 * done: they call it with what they do once the rows are free. Cost: one pass over all claims.
 */
export function releaseThread(
  memory: Memory,
  threadId: number,
  witnesses: Iterable<DeathWitness> = [],
  defer?: Defer,
): void {
  // All that is owned and could be free, by address: records that no directory word names, then rows.
  const claims = new Map<number, bigint>()
  const note = (address: number) => {
    const claim = load64(memory, address)
    // Most records are free: left out here, they cost nothing below.
    if (claim) claims.set(address, claim)
  }
  for (let recordId = 0; recordId < recordsOf(memory); recordId++) note(recordAddress(memory, recordId))
  // A published record keeps its publisher's claim, and is nobody's to free.
  for (let keyId = 0; keyId < memory.maxKeys; keyId++) {
    const word = load32(memory, directoryAddress(keyId))
    // The end of the list.
    if (!word) break
    claims.delete(recordAddress(memory, word - 1))
  }
  usedRows(memory).forEach(note)
  // The dead thread and all that died with it, its workers, their workers …: ancestors before descendants.
  const family = new Set([threadId])
  for (const memberId of family) {
    // What is added here is still iterated.
    const parent = BigInt(memberId + 1)
    for (const claim of claims.values()) if (claim >> 32n === parent) family.add(ownerOf(claim))
  }
  for (const witness of witnesses) witness(family, defer)
  if (defer) return
  for (const memberId of [...family].reverse()) {
    for (const [address, claim] of claims) {
      if (ownerOf(claim) === memberId) swap64(memory, address, claim, FREE)
    }
  }
}
