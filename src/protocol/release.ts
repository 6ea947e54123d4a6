/*
 * Giving back what dead threads owned: their rows, and the key records they had not published.
 */
import { directoryAddress, type Memory, recordAddress, recordCount } from '../memory/layout.js'
import { cas64, load32, load64 } from '../memory/words.js'
import { FREE, isChildOf, ownerOf, usedRows } from './claims.js'

/** Threads that died together, and what is owned in the table. */
export interface Family {
  /** A dead thread, its workers, their workers and so on; parents before their children. */
  readonly threadIds: ReadonlySet<number>
  /** Every claim in the table that could be freed, by its address: unpublished records first, then rows. */
  readonly claims: ReadonlyMap<number, bigint>
}

/**
 * Finds the threads that died with a thread, and everything that is owned. It only reads. Cost: one pass over all claims.
 */
export function findFamily(memory: Memory, threadId: number): Family {
  const claims = new Map<number, bigint>()
  const note = (address: number) => {
    const claim = load64(memory, address)
    // Most records are free; leaving them out here makes the rest of a release cheap.
    if (claim !== FREE) claims.set(address, claim)
  }
  for (let recordId = 0; recordId < recordCount(memory); recordId++) note(recordAddress(memory, recordId))
  // A published record keeps its publisher's claim, and nobody may free it.
  for (let keyId = 0; keyId < memory.maxKeys; keyId++) {
    const word = load32(memory, directoryAddress(keyId))
    if (word === 0) break
    claims.delete(recordAddress(memory, word - 1))
  }
  usedRows(memory).forEach(note)

  const threadIds = new Set([threadId])
  // The loop also visits the members that it adds.
  for (const memberId of threadIds) {
    for (const claim of claims.values()) if (isChildOf(claim, memberId)) threadIds.add(ownerOf(claim))
  }
  return { threadIds, claims }
}

/**
 * Frees the rows and unpublished records of dead threads. The values in a row stay in its live area until the next
 * claimer folds them.
 *
 * Any thread may call it, for threads that will never run again; several may at once. It never waits. After a crash in the
 * middle, the next release of the same thread, or of an ancestor, frees the rest: children are freed before their parents,
 * and a thread's rows last, so that the line of descent stays readable until the end.
 */
export function freeFamily(memory: Memory, { threadIds, claims }: Family): void {
  for (const memberId of [...threadIds].reverse()) {
    for (const [address, claim] of claims) {
      if (ownerOf(claim) === memberId) cas64(memory, address, claim, FREE)
    }
  }
}

/** Frees everything that a dead thread, and the threads that died with it, owned. See `freeFamily`. */
export const releaseThread = (memory: Memory, threadId: number): void =>
  freeFamily(memory, findFamily(memory, threadId))
