/*
 * The host for servers: Node, Bun and Deno.
 *
 * `process.getBuiltinModule` finds Node's modules without an import, so that one bundle serves servers and browsers. In a
 * browser it is missing, and this host has no thread ids. Workers inherit a copy of their parent's environment data,
 * whichever library starts them.
 */
import type { Host, Inheritance } from './host.js'
import { inheritanceKey, noticeReading, registerLateThread } from './late-threads.js'

/** The part of `node:worker_threads` that is used here. */
interface WorkerThreads {
  readonly isMainThread: boolean
  readonly threadId: number
  /** Missing on Node 20 and on Bun. */
  readonly threadName?: string
  getEnvironmentData(key: string): unknown
  setEnvironmentData(key: string, value: unknown): void
}

/** The part of a `Worker` that is used here. */
interface WorkerLike {
  readonly threadId: number
  /** Null once the worker has ended; undefined on some runtimes. */
  readonly threadName?: string | null
  prependOnceListener(event: 'exit', listener: () => void): unknown
}

/** The part of `process` that is used here. */
interface ProcessLike {
  getBuiltinModule?(id: string): unknown
  on?(event: 'worker', listener: (worker: WorkerLike) => void): unknown
}

const INHERITANCE_KEY = inheritanceKey()

const { process } = globalThis as { readonly process?: ProcessLike }
const threads = process?.getBuiltinModule?.('node:worker_threads') as WorkerThreads | undefined

export const serverHost: Host = {
  threadId: () => threads?.threadId,
  threadName: () => {
    const name = threads?.threadName ?? ''
    // What Node calls every worker without a name.
    return name === 'WorkerThread' ? '' : name
  },
  allocate: byteLength => new SharedArrayBuffer(byteLength),
  // Looked up on every call, so that a second copy of this package in the thread finds the first one's table.
  inherited: () => (threads?.getEnvironmentData(INHERITANCE_KEY) as Inheritance | undefined) ?? {},
  bequeath: ({ buffer, byteOffset }) =>
    threads?.setEnvironmentData(INHERITANCE_KEY, { buffer, byteOffset, parentThreadId: threads.threadId }),
  watchWorkers: ({ handleExit }) =>
    process?.on?.('worker', worker => {
      // Read the id now: in the `exit` event it is −1.
      const { threadId, threadName } = worker
      // Deno may announce a worker after its end. Such a worker has no name any more, and emits no `exit`.
      if (threadName === null) handleExit(threadId)
      else worker.prependOnceListener('exit', () => handleExit(threadId))
    }),
  registerUnshared: creator => {
    if (threads && !threads.isMainThread) registerLateThread(threads, creator)
  },
  noticeReading: () => {
    if (threads) noticeReading(threads)
  },
}
