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
  emitWarning?(warning: string, options: { code: string }): void
  on?(event: 'worker', listener: (worker: WorkerLike) => void): unknown
}

/** What a thread leaves to the workers that it starts. */
interface Legacy {
  /** The thread that left it: the parent of the one that finds it. */
  readonly parentThreadId?: number | undefined
  /** The default table, if there is one. */
  readonly buffer?: SharedArrayBuffer
  readonly byteOffset?: number
}

// Raised with the meaning of what is left; several versions of this package may share a process.
const LEGACY_KEY = 'threadslots/1'

const host: ProcessLike | undefined = (globalThis as { process?: ProcessLike }).process
const threads = host?.getBuiltinModule?.('node:worker_threads') as WorkerThreads | undefined

/** This thread's id, unique in the process for ever; undefined where the runtime has none (browsers). */
export const runtimeThreadId: number | undefined = threads?.threadId

/**
 * What this thread's parent left it, or the nearest ancestor that uses this package; after `leave`, what it leaves
 * itself. Asked for when it is needed, so that a second copy of this package in the thread finds the first one's table.
 */
export const legacy = (): Legacy => (threads?.getEnvironmentData(LEGACY_KEY) as Legacy | undefined) ?? {}

/** The thread that started this one, if it uses this package. Taken before this one leaves anything. */
export const parentThreadId: number | undefined = legacy().parentThreadId

/** From now on, the workers that this thread starts know their parent, and the default table if there is one. */
export function leave(table?: { readonly buffer: SharedArrayBuffer; readonly byteOffset: number }): void {
  threads?.setEnvironmentData(LEGACY_KEY, { ...legacy(), parentThreadId: runtimeThreadId, ...table })
}

/**
 * Calls back when a worker that this thread starts from now on has ended, whatever library started it: before the
 * program's own `exit` listeners, which may want to read. Keeps nothing alive, and nothing of workers that are gone.
 */
export function watchWorkers(onExit: (threadId: number) => void): void {
  host?.on?.('worker', worker => {
    // Taken now: in the `exit` event it is −1.
    const { threadId } = worker
    worker.prependOnceListener('exit', () => onExit(threadId))
  })
}

/** Warns, if this is no main thread. Users can silence it by its code. */
export function warnWorker(message: string, code: string): void {
  if (!threads?.isMainThread) host?.emitWarning?.(message, { code })
}
