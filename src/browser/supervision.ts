/*
 * What supervisors do for all others: they see threads end, call back, and free their rows.
 */
import type { Defer } from '../host/host.js'
import type { SlotTable } from '../index.js'
import { asksOf, endWaits, hasEnded, isAway, setAway, waitingThreads } from './liveness.js'
import { memberships } from './membership.js'
import {
  fail,
  type Locks,
  lockOf,
  locks,
  type Named,
  NO_LOCKS,
  type Notice,
  nameOf,
  type PageEvent,
  scope,
} from './web-locks.js'

/** What supervisors say of themselves: as they begin, and to one that begins. */
interface Greeting {
  readonly isAnswer: boolean
}

const delay = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** Reads what a dead thread left. What it defers is called once the thread's row is free. */
type Listener = (threadId: number, defer: Defer) => void

/** By the table's name; so are the supervisions, each a function that ends it. */
export const listeners: Map<string, Listener> = new Map()
const supervisions = new Map<string, () => void>()

/**
 * From now on, in a browser, this thread releases the rows of a table's threads as they end, whoever started them, and
 * calls back for `onThreadExit`. The thread that makes a table does so by itself; another one may be asked to, should the
 * first end earlier. Several may: each of them is told of all ends that it is in time for.
 *
 * A thread is seen to end at once if it had come back to its event loop after it opened the table; in Firefox and in
 * WebKit mostly also if it had not. Else it is seen to have ended after half as long again as it was known; never, where
 * there is no Atomics.waitAsync. Threads with an id given by hand are released by hand.
 *
 * Who supervises has to come back to its event loop: until it does, the others free no rows either.
 *
 * Who supervises a table keeps it, so a page that has done with one calls `supervise(table)()`. Its own lock it holds to its
 * end: it might still write.
 * @returns a function that ends it.
 * @throws {TypeError} where there are no Web Locks: on a server, which needs no supervisor, in a page that is not served by
 * https nor from localhost, and in one to which they are refused, such as a sandboxed one.
 */
export function supervise(table: SlotTable): () => void {
  if (!locks) throw new TypeError(NO_LOCKS)
  const name = nameOf(table)
  const known = supervisions.get(name)
  if (known) return known
  let end = watchOver(table, name, locks)
  // In WebKit's back/forward cache, its requests were rejected.
  const renew = ({ persisted }: PageEvent) => {
    if (!persisted) return
    end()
    end = watchOver(table, name, locks as Locks)
  }
  const stop = () => {
    // It may be called again, when there is another one.
    if (supervisions.get(name) === stop) supervisions.delete(name)
    scope.removeEventListener?.('pageshow', renew)
    end()
  }
  scope.addEventListener?.('pageshow', renew)
  supervisions.set(name, stop)
  return stop
}

const FIRST_DELAY_MS = 4
/** The last of these delays takes nine days, of a thread that lives for a month and never comes back to its event loop. */
const DELAYS = 48
/** Time for a notice to reach other supervisors, and for their requests. */
const NOTICE_MS = 100

/** @returns a function that ends it. */
function watchOver(table: SlotTable, name: string, locks: Locks): () => void {
  const { memory } = table
  const channel = new BroadcastChannel(name)
  const say = (words: Notice | Greeting) => channel.postMessage(words)
  const ending = new AbortController()
  const { signal } = ending
  const watched = new Set([memberships.get(name)?.threadId])
  const sought = new Set<number>()

  let isAlone = true

  /** For a thread that is known to hold its lock, or to have held it. */
  const watch = (threadId: number) => {
    if (signal.aborted || watched.has(threadId)) return
    watched.add(threadId)
    const lock = lockOf(name, threadId)
    const isKnown = delay(NOTICE_MS)
    const calls: (() => void)[] = []
    const bury = () => {
      table.release(threadId)
      endWaits(memory, threadId)
      calls.forEach(queueMicrotask)
    }
    const granted = async () => {
      // WebKit takes locks from pages in its back/forward cache, which may come back.
      if (isAway(memory, threadId)) {
        watched.delete(threadId)
        return seek(threadId)
      }
      listeners.get(name)?.(threadId, call => calls.push(call))
      // All supervisors are granted the shared lock at once. So all read what the thread left, before one of them has the
      // lock for itself, and frees the row; others may still have to ask.
      if (!isAlone) await isKnown
      locks.request(lock, bury).catch(fail)
    }
    locks.request(lock, { mode: 'shared', signal }, granted).catch(fail)
  }

  /** For a thread that has asked for its lock; it might never say more. */
  const seek = (threadId: number) => {
    if (sought.has(threadId)) return
    sought.add(threadId)
    look(threadId)
      .catch(fail)
      .finally(() => sought.delete(threadId))
  }

  const look = async (threadId: number) => {
    const isIts = (lock: Named) => lock.name === lockOf(name, threadId)
    let asks: number | undefined
    for (let looks = 0; ; looks++) {
      // First this: Firefox ends the waits of a thread that closes itself at once, which may run on, with its lock. And
      // not if others have asked meanwhile: together, supervisors ask as often as one.
      const isGone = asks !== undefined && hasEnded(memory, threadId, asks)
      const { held, pending } = await locks.query()
      if (signal.aborted || watched.has(threadId)) return
      if (held.some(isIts)) return watch(threadId)
      if (isGone && !pending.some(isIts)) {
        setAway(memory, threadId, false)
        say({ threadId, isHolding: true })
        return watch(threadId)
      }
      const before = asks
      asks = asksOf(memory, threadId)
      // Known to have ended, by another supervisor.
      if (before !== undefined && asks === undefined) return
      const delays = asks ?? looks
      if (delays >= DELAYS) return
      await delay(FIRST_DELAY_MS * 1.5 ** delays)
    }
  }

  channel.onmessage = event => {
    const { data } = event as { readonly data: Notice | Greeting }
    if ('isAnswer' in data) {
      isAlone = false
      if (!data.isAnswer) say({ isAnswer: true })
    } else if (data.isHolding) watch(data.threadId)
    else seek(data.threadId)
  }
  say({ isAnswer: false })
  // Those that joined before.
  locks
    .query()
    .then(({ held }) => {
      const prefix = `${name}/`
      for (const lock of held) {
        if (lock.name.startsWith(prefix)) watch(Number(lock.name.slice(prefix.length)))
      }
      waitingThreads(memory).forEach(seek)
    })
    .catch(fail)
  return () => {
    channel.close()
    ending.abort()
  }
}
