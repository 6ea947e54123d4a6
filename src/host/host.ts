/*
 * What a thread needs from its runtime. host/server.ts implements it for Node, Bun and Deno; threadslots/browser brings its
 * own implementation. Nothing else in the core knows which runtime it is in.
 */
import type { Dimensions, Memory } from '../memory/layout.js'
import type { MainRealm } from './main-realm.js'

/** State that a worker inherits from the thread that started it. */
export interface Inheritance {
  /** The thread that left this: the parent of the one that finds it. */
  readonly parentThreadId?: number | undefined
  /** Where the default table lies, if there is one. */
  readonly buffer?: SharedArrayBuffer | undefined
  readonly byteOffset?: number | undefined
}

/** Runs a function later. */
export type Defer = (call: () => void) => void

/** What the host calls when threads have died. */
export interface ExitHandlers {
  /**
   * Tells the exit listeners about dead threads and all that died with them. It frees nothing, and a thread is announced
   * only once. What is deferred, by default as a microtask, runs after the rows have been freed.
   */
  announceExits(threadIds: readonly number[], defer?: Defer): void
  /** Frees the rows of dead threads and all that died with them. */
  releaseThreads(threadIds: readonly number[]): void
}

export interface Host {
  /**
   * This thread's id in a table, or in a table that is still to be made. No other thread of that table ever has the same.
   * Undefined if the runtime has no thread ids.
   * @throws {RangeError} if this version of the runtime isn't supported.
   */
  threadId(memory?: Memory): number | undefined
  /** Number of waiters that a thread parks; 0 if probes tell nothing about threads here. */
  readonly waiters: number
  /** True if any thread may free the rows of a thread that a probe finds dead. */
  readonly canSweep: boolean
  /** Parks waiters of this thread on a word. A host may leave it at that when they are woken. */
  readonly parkWaiters: MainRealm['parkWaiters']
  /** The name that the runtime has for this thread; empty if there is none. */
  threadName(): string
  /** Dimensions of a new default table: generous, as far as memory that nobody uses costs nothing here. */
  readonly defaultDimensions: Dimensions
  /**
   * Memory for a table that the program asked for, of fixed length.
   * @throws {TypeError} if memory can't be shared here.
   */
  allocate(byteLength: number): SharedArrayBuffer
  /**
   * Memory for the default table, reserved in the way that costs least here.
   * @throws {TypeError} if memory can't be shared here.
   * @throws {RangeError} if address space is too short.
   */
  reserve(byteLength: number): SharedArrayBuffer
  /** What this thread inherits, or, once it has bequeathed something itself, what its own workers will inherit. */
  inherited(): Inheritance
  /** Makes workers that this thread starts from now on inherit the default table, if there is one, and their parent's id. */
  bequeath(table: Pick<Inheritance, 'buffer' | 'byteOffset'>): void
  /**
   * Calls the handlers when a worker that this thread starts from now on has died, whichever library started it, and
   * before the program's own `exit` listeners run. It keeps neither the process nor dead workers' objects nor the handlers
   * alive: the caller keeps those.
   */
  watchWorkers(handlers: ExitHandlers, memory: Memory): void
  /** Calls the handlers of all copies of this package in this thread, for threads that a sweep has found dead. */
  reportDeaths(threadIds: readonly number[]): void
  /** Called in a thread that makes a default table of its own. If it is a worker, other threads' readings lack its values. */
  registerUnshared(creator: string): void
  /** Called before each reading of the default table. Warns of threads of this process that have one of their own. */
  noticeReading(): void
  /** Warns the program's author, at once. The code lets users silence the warning, where the runtime can do that. */
  warn(message: string, code: string): void
}
