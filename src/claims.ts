/*
 * Who owns what. Rows and key records are owned by a claim: one word that says who claimed it and whose
 * child that thread is. Because it is one word, it is written by one compare-and-swap, and a thread that
 * dies at any later instant, or with the thread that started it, can be found by it.
 *
 *   claim, i64:  parent's thread id + 1, 0 if unknown | owner's thread id + 1, 0 if free
 *                (high 32 bits)                       | (low 32 bits)
 */
import { directoryAddress, type Memory, ROWS_USED, recordAddress, recordsOf, rowAddress } from './layout.js'
import { load32, load64, swap64 } from './words.js'

/** The claim word of what nobody owns. */
export const FREE = 0n
/** The greatest thread id that a claim can hold. */
export const MAX_THREAD_ID = 0x7ffffffe

export const makeClaim = (threadId: number, parentThreadId: number): bigint =>
  (BigInt(parentThreadId + 1) << 32n) | BigInt(threadId + 1)

/** The thread id of a claim's owner; −1 if it is free. */
export const ownerOf = (claim: bigint): number => Number(BigInt.asIntN(32, claim)) - 1

/** Rows that were ever claimed; all others are virgin. Never more than there are, whatever the memory says. */
export const rowsUsed = (memory: Memory): number => Math.min(load32(memory, ROWS_USED), memory.maxThreads)

/**
 * Frees the rows and unpublished records of a dead thread and of all that died with it. A row's values
 * stay in its live area until the next claimer folds them.
 *
 * Who may call it: any thread, for a thread that will never run again; several may, at once. It never waits.
 * A crash inside leaves the rest to the next release of the same thread, or of an ancestor of it: children
 * are freed before their parents, and a thread's rows last, so that the line of descent stays readable.
 *
 * `witness` is told the ids of all these threads while their rows are still theirs. Cost: one pass over all claims.
 */
export function releaseThread(
  memory: Memory,
  threadId: number,
  witness?: (threadIds: number[]) => void,
): void {
  // All that is owned and could be free: records that no directory word names, then rows. A published record
  // keeps its publisher's claim, and is nobody's to free.
  const published = new Set<number>()
  for (let keyId = 0; keyId < memory.maxKeys; keyId++)
    published.add(load32(memory, directoryAddress(keyId)) - 1)
  const addresses: number[] = []
  for (let recordId = 0; recordId < recordsOf(memory); recordId++) {
    if (!published.has(recordId)) addresses.push(recordAddress(memory, recordId))
  }
  for (let rowId = 0; rowId < rowsUsed(memory); rowId++) addresses.push(rowAddress(memory, rowId))
  // Most records are free: left out here, they cost nothing below.
  const held = addresses.filter(address => load64(memory, address) !== FREE)
  const claims = held.map(address => load64(memory, address))
  // The dead thread and all that died with it, its workers, their workers …: ancestors before descendants.
  const family = new Set([threadId])
  for (const memberId of family) {
    // What is added here is still iterated.
    const parent = BigInt(memberId + 1)
    for (const claim of claims) if (claim >> 32n === parent) family.add(ownerOf(claim))
  }
  witness?.([...family])
  for (const memberId of [...family].reverse()) {
    claims.forEach((claim, i) => {
      if (ownerOf(claim) === memberId) swap64(memory, held[i] as number, claim, FREE)
    })
  }
}
