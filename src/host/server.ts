/*
 * The host for servers: Node, Bun and Deno.
 *
 * `process.getBuiltinModule` finds Node's modules without an import, so that one bundle serves servers and browsers. In a
 * browser it is missing, and this host has no thread ids. Workers inherit a copy of their parent's environment data,
 * whichever library starts them.
 */
import { outOfRange } from '../memory/errors.js'
import type { Host, Inheritance } from './host.js'
import { findMainRealm, type MainRealm } from './main-realm.js'

/** The part of `node:worker_threads` that is used here. */
interface WorkerThreads {
  readonly isMainThread: boolean
  readonly threadId: number
  /** Missing on Node 20 and on Bun. */
  readonly threadName?: string
  getEnvironmentData(key: string): unknown
  setEnvironmentData(key: string, value: unknown): void
}

/** The part of `process` that is used here. */
interface ProcessLike {
  getBuiltinModule?(id: string): unknown
  emitWarning?(warning: string, options: { code: string }): void
  /** What bundlers put in the place of a `process` has no versions. */
  readonly versions?: { readonly node?: string; readonly deno?: string }
}

/** Few, because `exit` events do most of the work here, and because parking takes 1 to 3 µs per waiter. */
const WAITERS = 12

/** Bump this when the meaning of what is bequeathed changes: several versions of this package may share a process. */
const INHERITANCE_KEY = 'threadslots/1'

const { process } = globalThis as { readonly process?: ProcessLike }
const threads = process?.getBuiltinModule?.('node:worker_threads') as WorkerThreads | undefined

// Waiters on Deno outlive their thread.
const waiters = process?.versions?.deno ? 0 : WAITERS

let mainRealm: MainRealm | undefined
const shared = (): MainRealm => {
  mainRealm ??= findMainRealm(process as never)
  return mainRealm
}

export const serverHost: Host = {
  threadId() {
    const version = process?.versions?.node
    if (version && !threads) {
      throw outOfRange("Node's version", version, '20.16 or a later 20, or 22.3 or later')
    }
    return threads?.threadId
  },
  waiters,
  canSweep: waiters > 0,
  parkWaiters: (...wait) => shared().parkWaiters(...wait),
  threadName: () => {
    const name = threads?.threadName ?? ''
    // What Node calls every worker without a name.
    return name === 'WorkerThread' ? '' : name
  },
  allocate: byteLength => new SharedArrayBuffer(byteLength),
  // Looked up on every call, so that a second copy of this package in the thread finds the first one's table.
  inherited: () => (threads?.getEnvironmentData(INHERITANCE_KEY) as Inheritance | undefined) ?? {},
  bequeath: ({ buffer, byteOffset }) =>
    threads?.setEnvironmentData(INHERITANCE_KEY, shared().inheritance(buffer, byteOffset, threads.threadId)),
  watchWorkers: handlers => threads && shared().watch(handlers),
  reportDeaths: threadIds => shared().report(threadIds),
  warnUnshared: () => {
    if (!threads || threads.isMainThread) return
    // The code lets users silence the warning.
    process?.emitWarning?.('this worker has a table of its own; import definitions before starting workers', {
      code: 'THREADSLOTS_NO_TABLE',
    })
  },
}
