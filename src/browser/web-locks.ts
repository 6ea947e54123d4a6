/*
 * What browsers have to tell of a thread's end: Web Locks, and the names and notices that this package gives them.
 */
import type { SlotTable } from '../index.js'
import { host } from '../index.js'
import { TABLE_ID } from '../memory/layout.js'

export interface Named {
  readonly name: string
}

/** What of `navigator.locks` is used here. */
export interface Locks {
  query(): Promise<{ readonly held: readonly Named[]; readonly pending: readonly Named[] }>
  request(name: string, granted: () => unknown): Promise<unknown>
  request(
    name: string,
    options: { mode: 'shared'; signal: AbortSignal },
    granted: () => unknown,
  ): Promise<unknown>
}

/** What is said of a thread: by itself, or by who found that it has ended without a word. */
export interface Notice {
  readonly threadId: number
  readonly isHolding: boolean
}

/** Of a page that enters the back/forward cache, or comes back from it. */
export type PageEvent = { readonly persisted: boolean }
type PageListener = (event: PageEvent) => void

/** What of a page or worker is used; not all of it is there everywhere. */
interface Scope {
  readonly navigator?: { readonly locks?: Locks }
  addEventListener?(type: 'pagehide' | 'pageshow', listener: PageListener): void
  removeEventListener?(type: 'pageshow', listener: PageListener): void
}

export const scope: Scope = globalThis as Scope

/** Not on a server, where this host is not used: Node's locks don't wake who waits for a dead thread's. */
export let locks: Locks | undefined = host.threadId() === undefined ? scope.navigator?.locks : undefined

// Chromium asks for leave at a thread's first request: the sooner that is over, the sooner locks are held.
locks?.query().catch(() => {})

export const NO_LOCKS = 'no Web Locks here; use release(threadId) once a thread has ended'
export const NOBODY = 'nobody sees this thread end; use release(threadId) then'

/** Of a request that was not granted: a page that is left, or that goes into the cache, needs no answer. */
export function fail(error: unknown): void {
  // There are locks, but not for this page: it has no origin, or may store nothing.
  if ((error as Named).name === 'SecurityError') {
    if (locks) console.warn(NO_LOCKS)
    locks = undefined
  } else if (!(error instanceof DOMException)) throw error
}

/** One for each table, wherever it is opened. */
export function nameOf({ memory }: SlotTable): string {
  const [random = 0n] = crypto.getRandomValues(new BigInt64Array(1))
  // Never 0, which is none.
  Atomics.compareExchange(memory.i64, TABLE_ID / 8, 0n, random | 1n)
  return `threadslots/${BigInt.asUintN(64, Atomics.load(memory.i64, TABLE_ID / 8)).toString(16)}`
}

export const lockOf = (name: string, threadId: number): string => `${name}/${threadId}`
