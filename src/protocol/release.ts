/*
 * Giving back what dead threads owned: their rows, and the key records they had not published.
 */
import { directoryAddress, type Memory, RECORDS_USED, recordAddress, recordCount } from '../memory/layout.js'
import { cas64, load32, load64 } from '../memory/words.js'
import { FREE, isChildOf, ownerOf, usedRows } from './claims.js'
import { freeWord } from './liveness.js'

/** Threads that died together, and what is owned in the table. */
export interface Family {
  /** Dead threads, their workers, the workers' workers and so on; parents before their children. */
  readonly threadIds: ReadonlySet<number>
  /** Every claim in the table that could be freed, by its address: unpublished records first, then rows. */
  readonly claims: ReadonlyMap<number, bigint>
}

/** Every claim in the table that could be freed, by its address: unpublished records first, then rows. It only reads. */
export function ownedClaims(memory: Memory): Map<number, bigint> {
  const claims = new Map<number, bigint>()
  const note = (address: number) => {
    const claim = load64(memory, address)
    // Most records are free; leaving them out here makes the rest of a release cheap.
    if (claim !== FREE) claims.set(address, claim)
  }
  const records = Math.min(load32(memory, RECORDS_USED), recordCount(memory))
  for (let recordId = 0; recordId < records; recordId++) note(recordAddress(memory, recordId))
  // A published record keeps its publisher's claim, and nobody may free it.
  for (let keyId = 0; keyId < memory.maxKeys; keyId++) {
    const word = load32(memory, directoryAddress(keyId))
    if (word === 0) break
    claims.delete(recordAddress(memory, word - 1))
  }
  usedRows(memory).forEach(note)
  return claims
}

/**
 * Finds the threads that died with some threads, and everything that is owned. It only reads. Cost: one pass over all
 * claims.
 */
export function findFamily(memory: Memory, dead: readonly number[]): Family {
  const claims = ownedClaims(memory)
  const threadIds = new Set(dead)
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
    // Last, because a sweep finds a thread dead by its word alone.
    freeWord(memory, memberId)
  }
}

/** Frees everything that a dead thread, and the threads that died with it, owned. See `freeFamily`. */
export const releaseThread = (memory: Memory, threadId: number): void =>
  freeFamily(memory, findFamily(memory, [threadId]))
