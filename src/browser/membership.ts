/*
 * What a thread does for itself: it takes an id, and holds a lock from then to its end.
 */
import type { SlotTable } from '../index.js'
import { NEXT_THREAD_ID } from '../memory/layout.js'
import { beginWaits, setAway } from './liveness.js'
import { fail, type Locks, lockOf, locks, NOBODY, type Notice, nameOf, scope } from './web-locks.js'

/** What this thread is in a table. */
export interface Membership {
  readonly threadId: number
  /** Fulfilled once it holds its lock. */
  readonly isHolding: Promise<void>
  /** Lets go of the lock. Kept: a promise that nobody could settle might be collected, and the lock with it. */
  end?: () => void
}

// By the table's name. Several copies of this package in a thread are one member.
const MEMBERSHIPS = Symbol.for('threadslots/browser')
const registry = globalThis as { [MEMBERSHIPS]?: Map<string, Membership> }
export const memberships: Map<string, Membership> = registry[MEMBERSHIPS] ?? new Map<string, Membership>()
registry[MEMBERSHIPS] = memberships

/** Makes this thread a member of a table, if it is none; calls back if it is the first. */
export function join(table: SlotTable, onFirst: (table: SlotTable) => void): number {
  const name = nameOf(table)
  const known = memberships.get(name)
  if (known) return known.threadId
  const { memory } = table
  // By its name: a frame's ArrayBuffer is not this page's.
  const canDie = locks && table.buffer[Symbol.toStringTag] !== ('ArrayBuffer' as string)
  let threadId: number
  let tries = memory.maxThreads
  do threadId = Atomics.add(memory.i32, NEXT_THREAD_ID / 4, 1)
  while (canDie && !beginWaits(memory, threadId, --tries < 0))
  memberships.set(name, { threadId, isHolding: canDie ? hold(table, name, threadId) : Promise.resolve() })
  if (canDie && threadId === 0) onFirst(table)
  return threadId
}

/** Holds this thread's lock from now to its end. It never waits: the promise is for who wants to. */
function hold({ memory }: SlotTable, name: string, threadId: number): Promise<void> {
  // Weakly: whoever may still write has the table, or its row.
  const table = new WeakRef(memory)
  const setAwayHere = (isSo: boolean) => {
    const memory = table.deref()
    if (memory) setAway(memory, threadId, isSo)
  }
  const isHolding = new Promise<void>((resolve, reject) => {
    const request = () => {
      const channel = new BroadcastChannel(name)
      const say = (isHolding: boolean) => channel.postMessage({ threadId, isHolding } satisfies Notice)
      const granted = () => {
        setAwayHere(false)
        say(true)
        channel.close()
        resolve()
        return new Promise<void>(end => Object.assign(memberships.get(name) as Membership, { end }))
      }
      say(false)
      ;(locks as Locks).request(lockOf(name, threadId), granted).catch(error => {
        channel.close()
        fail(error)
        if (!locks) reject(new TypeError(NOBODY))
      })
    }
    request()
    scope.addEventListener?.('pagehide', ({ persisted }) => {
      if (persisted) setAwayHere(true)
    })
    scope.addEventListener?.('pageshow', ({ persisted }) => {
      if (!persisted || !locks) return
      // Should the browser have left it the lock.
      memberships.get(name)?.end?.()
      request()
    })
  })
  // Who waits for it is told; nobody has to.
  isHolding.catch(() => {})
  return isHolding
}

/**
 * Waits until supervisors will see this thread end at once, even if it never comes back to its event loop. Use it after
 * `SlotTable.from`, before a loop that never yields.
 * @throws {TypeError} if nobody will, since the thread has an id given by hand, or there are no Web Locks.
 */
export async function whenSupervised(table: SlotTable): Promise<void> {
  const membership = locks && memberships.get(nameOf(table))
  if (!membership) throw new TypeError(NOBODY)
  await membership.isHolding
}
