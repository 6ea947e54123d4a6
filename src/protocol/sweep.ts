/*
 * Freeing the rows of threads whose death nobody saw, because the thread that started them doesn't use this package, or has
 * removed its listeners.
 */
import { host } from '../host/current.js'
import { isChildOf, ownerOf, type Participant } from './claims.js'
import { isDead } from './liveness.js'
import { findFamily, freeFamily, ownedClaims } from './release.js'

/**
 * Probes every thread that owns a row or an unpublished record, frees what the dead ones and those that died with them
 * owned, and returns how many threads these were. Before that, the exit listeners of this thread are called for them.
 *
 * It never waits, and no thread's event loop has to turn. Where probes tell nothing, or aren't safe, it does nothing. Every
 * probe uses up a waiter, and a thread without waiters counts as alive; so sweep only when rows are needed, or at intervals.
 */
export function sweep({ memory, claim }: Participant): number {
  if (!host.canSweep) return 0
  const owners = new Set([...ownedClaims(memory).values()].map(ownerOf))
  const dead: number[] = []
  for (const threadId of owners) {
    // The caller runs, and so does the thread that started it.
    const isAlive = threadId === ownerOf(claim) || isChildOf(claim, threadId)
    if (!isAlive && isDead(memory, threadId)) dead.push(threadId)
  }
  if (dead.length === 0) return 0
  // Reporting frees the rows of the default table, and the line of descent with them.
  const family = findFamily(memory, dead)
  host.reportDeaths(dead)
  freeFamily(memory, family)
  return family.threadIds.size
}
