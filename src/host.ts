/*
 * The one file that knows in which runtime it is. It knows nothing of tables.
 *
 * On a server (Node, Bun, Deno) `process.getBuiltinModule` finds the modules without an import, so that one
 * bundle serves servers and browsers. What a thread hands down to the workers it starts is its environment data:
 * each new worker gets a copy, whichever library starts it.
 */

/** What of `node:worker_threads` is used here. */
interface WorkerThreads {
  readonly isMainThread: boolean
  readonly threadId: number
  getEnvironmentData(key: string): unknown
  setEnvironmentData(key: string, value: unknown): void
}

/** What of a `Worker` is used here. */
interface WorkerLike {
  readonly threadId: number
  prependOnceListener(event: 'exit', listener: () => void): unknown
}

/** What of `process` is used here. */
interface ProcessLike {
  getBuiltinModule?(id: string): unknown
  emitWarning?(warning: string, options: { type: string; code: string }): void
  on?(event: 'worker', listener: (worker: WorkerLike) => void): unknown
}

/** What a thread leaves to its workers. */
interface Legacy {
  readonly threadId: number
  readonly parentThreadId: number | undefined
  readonly table: TablePlace | undefined
}

/** Where a table is. */
export interface TablePlace {
  readonly buffer: SharedArrayBuffer
  readonly byteOffset: number
}

// Raised with the meaning of what is handed down; several versions of this package may share a process.
const LEGACY_KEY = 'threadslots/1'

const host: ProcessLike | undefined = (globalThis as { process?: ProcessLike }).process
const threads = host?.getBuiltinModule?.('node:worker_threads') as WorkerThreads | undefined

/** This thread's id, unique in the process for ever; undefined where the runtime has none (browsers). */
export const runtimeThreadId = (): number | undefined => threads?.threadId

export const isWorker = (): boolean => threads?.isMainThread === false

/**
 * What this thread's parent left it; after `leave`, what it leaves itself. A second copy of this module in the
 * same thread finds the first one's.
 */
const legacy = (): Legacy | undefined => threads?.getEnvironmentData(LEGACY_KEY) as Legacy | undefined

/** The thread that started this one: it, or the nearest ancestor that uses this package. */
export function parentThreadId(): number | undefined {
  const found = legacy()
  return found?.threadId === threads?.threadId ? found?.parentThreadId : found?.threadId
}

/** The default table of the thread that started this one. */
export const inheritedTable = (): TablePlace | undefined => legacy()?.table

/** From now on, the workers that this thread starts know their parent, and the default table if there is one. */
export function leave(table?: TablePlace): void {
  if (threads === undefined) return
  const { threadId } = threads
  const legacyOfThis: Legacy = {
    threadId,
    parentThreadId: parentThreadId(),
    table: table ?? inheritedTable(),
  }
  threads.setEnvironmentData(LEGACY_KEY, legacyOfThis)
}

/**
 * Calls back when a worker that this thread starts from now on has ended, whatever library started it. The callback
 * runs before the program's own `exit` listeners. Keeps nothing alive, and nothing of workers that are gone.
 */
export function watchWorkers(onExit: (threadId: number) => void): void {
  if (threads === undefined) return
  host?.on?.('worker', worker => {
    // Taken now: in the `exit` event it is −1.
    const { threadId } = worker
    worker.prependOnceListener('exit', () => onExit(threadId))
  })
}

/** A warning that the user sees once, and can silence by its code. */
export function warn(message: string, code: string): void {
  if (host?.emitWarning) host.emitWarning(message, { type: 'ThreadslotsWarning', code })
  else console.warn(message)
}
