/*
 * What a thread has from its runtime: an id, memory to share, word of deaths. It only passes tables on.
 *
 * On a server (Node, Bun, Deno) `process.getBuiltinModule` finds the modules without an import, so that one
 * bundle serves servers and browsers, where browser.ts is the host. What a thread hands down to the workers it starts is
 * its environment data: each new worker gets a copy, whichever library starts it.
 */
import type { SlotTable } from '../table/slot-table.js'

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
  /** Null once it has ended; not on every runtime. */
  readonly threadName?: string | null
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
  readonly buffer?: SharedArrayBuffer | undefined
  readonly byteOffset?: number | undefined
}

// Raised with the meaning of what is left; several versions of this package may share a process.
const LEGACY_KEY = 'threadslots/1'

const program: ProcessLike | undefined = (globalThis as { process?: ProcessLike }).process
const threads = program?.getBuiltinModule?.('node:worker_threads') as WorkerThreads | undefined

/**
 * What this thread's parent left it, or the nearest ancestor that uses this package; after `leave`, what it leaves
 * itself. Asked for when it is needed, so that a second copy of this package in the thread finds the first one's table.
 */
export const legacy = (): Legacy => (threads?.getEnvironmentData(LEGACY_KEY) as Legacy | undefined) ?? {}

/** The thread that started this one, if it uses this package; else −1. Taken before this one leaves anything. */
export const inheritedId: number = legacy().parentThreadId ?? -1

/** From now on, the workers that this thread starts know their parent, and the default table if there is one. */
export function leave({ buffer, byteOffset }: Omit<Legacy, 'parentThreadId'> = legacy()): void {
  threads?.setEnvironmentData(LEGACY_KEY, { buffer, byteOffset, parentThreadId: threads.threadId })
}

/** Has something done later. */
export type Defer = (call: () => void) => void

/** What `threadslots/browser` puts its own in the place of. */
export interface Host {
  /**
   * This thread's id in a table, or in one that is still to be made. No other thread of that table ever has it.
   * Undefined where there is none.
   */
  threadId(table?: SlotTable): number | undefined
  /** @throws where no memory can be shared. */
  allocate(byteLength: number): SharedArrayBuffer
  /**
   * Calls back when a worker that this thread starts from now on has ended, whatever library started it: before the
   * program's own `exit` listeners, which may want to read. Keeps nothing alive, and nothing of workers that are gone.
   * With `defer`, the callback frees no rows, and the host does, before it calls what was deferred.
   */
  watchWorkers(onExit: (threadId: number, defer?: Defer) => void, table: SlotTable): void
  /** Warns, if this is a worker, that it shares no table with others. */
  warnAlone(): void
}

/** @internal */
export const host: Host = {
  threadId: () => threads?.threadId,
  allocate: byteLength => new SharedArrayBuffer(byteLength),
  watchWorkers: onExit =>
    program?.on?.('worker', worker => {
      // Taken now: in the `exit` event it is −1.
      const { threadId, threadName } = worker
      // Deno may announce a worker after its end: it has no name then, and no `exit` to come.
      if (threadName === null) onExit(threadId)
      else worker.prependOnceListener('exit', () => onExit(threadId))
    }),
  warnAlone: () => {
    if (threads?.isMainThread) return
    // Users can silence it by its code.
    program?.emitWarning?.('worker has its own table; import definitions before it starts', {
      code: 'THREADSLOTS_NO_TABLE',
    })
  },
}
