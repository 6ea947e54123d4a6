/*
 * What a thread does for itself: it takes an id, and holds a lock until it ends.
 */
import { internal, type Memory, type SlotTable } from '../index.js'
import {
  ensureTableName,
  handleRejection,
  type LockNotice,
  type Locks,
  lockName,
  locks,
  scope,
} from './web-locks.js'

/** This thread's part in a table. */
export interface Membership {
  readonly threadId: number
  /** Fulfilled once the thread holds its lock. */
  readonly whenHeld: Promise<void>
  /**
   * Releases the lock. We keep a reference so that the promise, and the lock with it, isn't garbage-collected.
   */
  releaseLock?: () => void
}

const UNSUPERVISED =
  "no supervisor can detect this thread's exit (there are no Web Locks, or its id was given by hand); " +
  'call table.release(threadId) once it has ended'

// By table name. Several copies of this package in a thread share one membership.
const MEMBERSHIPS = Symbol.for('threadslots/browser')
const registry = globalThis as { [MEMBERSHIPS]?: Map<string, Membership> }
export const memberships: Map<string, Membership> = registry[MEMBERSHIPS] ?? new Map<string, Membership>()
registry[MEMBERSHIPS] = memberships

/**
 * This thread's id in a table. The first call makes the thread a member.
 * @param onFirstMember is called if this thread is the table's first member.
 * @internal
 */
export function join(memory: Memory, onFirstMember: () => void): number {
  const name = ensureTableName(memory)
  const known = memberships.get(name)
  if (known) return known.threadId
  // An unshared table has one thread, which can't outlive it. Compare names, because a frame's ArrayBuffer is not this page's.
  const canDie = locks !== undefined && memory.buffer[Symbol.toStringTag] !== ('ArrayBuffer' as string)
  const threadId = canDie ? takeProbeableId(memory) : takeId(memory)
  const whenHeld = canDie ? holdLock(memory, name, threadId, locks as Locks) : Promise.resolve()
  memberships.set(name, { threadId, whenHeld })
  if (canDie && threadId === 0) onFirstMember()
  return threadId
}

const takeId = (memory: Memory): number => Atomics.add(memory.i32, internal.NEXT_THREAD_ID / 4, 1)

/** Takes ids until one has a free wait word; after as many tries as there are rows, it takes over a word in use. */
function takeProbeableId(memory: Memory): number {
  for (let triesLeft = memory.maxThreads; ; triesLeft--) {
    const threadId = takeId(memory)
    if (internal.parkWaiters(memory, threadId, triesLeft === 0)) return threadId
  }
}

/** Holds this thread's lock until the thread ends. The returned promise is for those who want to wait for that. */
function holdLock(memory: Memory, name: string, threadId: number, locks: Locks): Promise<void> {
  // A weak reference: a thread that may still write has the table, or its row.
  const weakMemory = new WeakRef(memory)
  const markSuspended = (isSuspended: boolean) => {
    const memory = weakMemory.deref()
    if (memory) internal.setSuspended(memory, threadId, isSuspended)
  }
  const whenHeld = new Promise<void>((resolve, reject) => {
    const request = () => {
      const channel = new BroadcastChannel(name)
      const notify = (isHeld: boolean) => channel.postMessage({ threadId, isHeld } satisfies LockNotice)
      const granted = () => {
        markSuspended(false)
        notify(true)
        channel.close()
        resolve()
        return new Promise<void>(releaseLock => {
          const membership = memberships.get(name)
          if (membership) membership.releaseLock = releaseLock
        })
      }
      notify(false)
      locks.request(lockName(name, threadId), granted).catch(error => {
        channel.close()
        handleRejection(error)
        if (isRefused()) reject(new TypeError(UNSUPERVISED))
      })
    }
    request()
    scope.addEventListener?.('pagehide', ({ persisted }) => {
      if (persisted) markSuspended(true)
    })
    scope.addEventListener?.('pageshow', ({ persisted }) => {
      if (!persisted || isRefused()) return
      // The browser may have left the page its lock.
      memberships.get(name)?.releaseLock?.()
      request()
    })
  })
  // Callers may wait for the promise, but nobody has to.
  whenHeld.catch(() => {})
  return whenHeld
}

/** True once the browser has refused this page its locks. */
const isRefused = (): boolean => locks === undefined

/**
 * Waits until supervisors can detect this thread's exit at once, even if it never returns to its event loop. Use it after
 * `SlotTable.from`, before a loop that never yields.
 * @throws {TypeError} if no supervisor ever can: the thread has an id given by hand, or there are no Web Locks.
 */
export async function whenSupervised(table: SlotTable): Promise<void> {
  const membership = locks && memberships.get(ensureTableName(table.memory))
  if (!membership) throw new TypeError(UNSUPERVISED)
  await membership.whenHeld
}
