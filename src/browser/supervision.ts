/*
 * What supervisors do for all threads of a table: they detect exits, call the exit listeners, and free rows.
 */
import { type ExitHandlers, internal, type Memory, type SlotTable } from '../index.js'
import { memberships } from './membership.js'
import {
  ensureTableName,
  handleRejection,
  type LockNotice,
  type Locks,
  lockName,
  locks,
  NO_LOCKS,
  scope,
} from './web-locks.js'

/** What supervisors tell each other: a greeting when one begins, and an answer to it. */
interface Greeting {
  readonly isAnswer: boolean
}

/** Announces the exits of threads to this thread's listeners. */
type AnnounceExits = ExitHandlers['announceExits']

/** By table name: where exits are announced, and the functions that end this thread's supervisions. */
const announcers = new Map<string, AnnounceExits>()
const supervisions = new Map<string, () => void>()

/**
 * Announces exits from a table from now on, if this thread supervises it.
 * @internal
 */
export function announceExitsTo(memory: Memory, announce: AnnounceExits): void {
  announcers.set(ensureTableName(memory), announce)
}

/**
 * Makes this thread, in a browser, a supervisor of a table: it frees the rows of threads that end, whoever started them,
 * and calls back for `onThreadExit`. The thread that creates a table supervises it without being asked. Ask another one if
 * the first may end earlier. A table may have several supervisors; each of them is told of every exit that it is in time
 * for.
 *
 * An exit is detected at once if the thread had returned to its event loop after it opened the table; in Firefox and WebKit
 * mostly even if it hadn't. Otherwise it is detected after another half of the time that the thread was known; without
 * `Atomics.waitAsync`, never. Threads with an id given by hand are released by hand.
 *
 * A supervisor must yield to its event loop; until it does, no supervisor can free rows. It keeps the table in memory, so a
 * page that is done with one calls `supervise(table)()`. The thread's own lock is held until it ends, because it might
 * still write.
 * @returns a function that ends the supervision.
 * @throws {TypeError} if there are no Web Locks: on a server, which needs no supervisor; in a page that was served neither
 * by https nor from localhost; and in a page that may not use them, such as a sandboxed one.
 */
export function supervise(table: SlotTable): () => void {
  return superviseMemory(table.memory)
}

/**
 * `supervise`, for a table's memory.
 * @internal
 */
export function superviseMemory(memory: Memory): () => void {
  if (!locks) throw new TypeError(NO_LOCKS)
  const name = ensureTableName(memory)
  const known = supervisions.get(name)
  if (known) return known
  let end = startSupervision(memory, name, locks)
  // When a page enters WebKit's back/forward cache, its lock requests are rejected.
  const restart = ({ persisted }: { readonly persisted: boolean }) => {
    if (!persisted) return
    end()
    end = startSupervision(memory, name, locks as Locks)
  }
  const stop = () => {
    // It may be called again, when another supervision has begun.
    if (supervisions.get(name) === stop) supervisions.delete(name)
    scope.removeEventListener?.('pageshow', restart)
    end()
  }
  scope.addEventListener?.('pageshow', restart)
  supervisions.set(name, stop)
  return stop
}

const FIRST_DELAY_MS = 4
/** Delays between polls grow by half each. The last of them takes nine days, for a thread that has been silent for a month. */
const MAX_POLLS = 48
/** Time for a notice to reach other supervisors, and for their lock requests. */
const NOTICE_MS = 100

const delay = (milliseconds: number): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, milliseconds))

/** @returns a function that ends it. */
function startSupervision(memory: Memory, name: string, locks: Locks): () => void {
  const channel = new BroadcastChannel(name)
  const post = (message: LockNotice | Greeting) => channel.postMessage(message)
  const controller = new AbortController()
  const { signal } = controller
  const awaited = new Set([memberships.get(name)?.threadId])
  const polled = new Set<number>()
  let isOnlySupervisor = true

  /** Waits for the lock of a thread that is known to hold it, or to have held it: it is granted when the thread ends. */
  const awaitLock = (threadId: number) => {
    if (signal.aborted || awaited.has(threadId)) return
    awaited.add(threadId)
    const lock = lockName(name, threadId)
    const noticeSent = delay(NOTICE_MS)
    const deferred: (() => void)[] = []
    const reclaim = () => {
      internal.releaseThread(memory, threadId)
      deferred.forEach(queueMicrotask)
    }
    const granted = async () => {
      // WebKit takes locks away from pages in its back/forward cache, and such a page may come back.
      if (internal.isSuspended(memory, threadId)) {
        awaited.delete(threadId)
        poll(threadId)
        return
      }
      announcers.get(name)?.([threadId], call => deferred.push(call))
      // All supervisors are granted the shared lock together, so all of them read what the thread left before one of them
      // gets the lock for itself and frees the row. Others may still have to ask.
      if (!isOnlySupervisor) await noticeSent
      locks.request(lock, reclaim).catch(handleRejection)
    }
    locks.request(lock, { mode: 'shared', signal }, granted).catch(handleRejection)
  }

  /** Watches a thread that has asked for its lock. It may never say more. */
  const poll = (threadId: number) => {
    if (polled.has(threadId)) return
    polled.add(threadId)
    pollUntilKnown(threadId)
      .catch(handleRejection)
      .finally(() => polled.delete(threadId))
  }

  const pollUntilKnown = async (threadId: number) => {
    const lock = lockName(name, threadId)
    let probes: number | undefined
    for (let polls = 0; ; polls++) {
      // Probe before the query: Firefox ends the waiters of a thread that closes itself at once, although the thread may
      // run on, with its lock. If others have probed meanwhile, this does nothing, so that several supervisors together
      // probe as often as one.
      const foundDead = probes !== undefined && internal.isDead(memory, threadId, probes)
      const { held, pending } = await locks.query()
      if (signal.aborted || awaited.has(threadId)) return
      if (held.some(info => info.name === lock)) {
        awaitLock(threadId)
        return
      }
      if (foundDead && !pending.some(info => info.name === lock)) {
        internal.setSuspended(memory, threadId, false)
        post({ threadId, isHeld: true })
        awaitLock(threadId)
        return
      }
      const previous = probes
      probes = internal.probeCount(memory, threadId)
      // Another supervisor has found it dead.
      if (previous !== undefined && probes === undefined) return
      const delays = probes ?? polls
      if (delays >= MAX_POLLS) return
      await delay(FIRST_DELAY_MS * 1.5 ** delays)
    }
  }

  channel.onmessage = event => {
    const { data } = event as { readonly data: LockNotice | Greeting }
    if ('isAnswer' in data) {
      isOnlySupervisor = false
      if (!data.isAnswer) post({ isAnswer: true })
    } else if (data.isHeld) awaitLock(data.threadId)
    else poll(data.threadId)
  }
  post({ isAnswer: false })
  // Threads that joined before this supervisor did.
  locks
    .query()
    .then(({ held }) => {
      const prefix = `${name}/`
      for (const lock of held) {
        if (lock.name.startsWith(prefix)) awaitLock(Number(lock.name.slice(prefix.length)))
      }
      internal.probeableThreads(memory).forEach(poll)
    })
    .catch(handleRejection)
  return () => {
    channel.close()
    controller.abort()
  }
}
