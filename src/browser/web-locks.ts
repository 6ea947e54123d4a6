/*
 * Web Locks as this package uses them, and the names of its locks and channels.
 */
import { internal, type Memory } from '../index.js'

interface LockInfo {
  readonly name: string
}

/** The part of `navigator.locks` that is used here. */
export interface Locks {
  query(): Promise<{ readonly held: readonly LockInfo[]; readonly pending: readonly LockInfo[] }>
  request(name: string, granted: () => unknown): Promise<unknown>
  request(
    name: string,
    options: { mode: 'shared'; signal: AbortSignal },
    granted: () => unknown,
  ): Promise<unknown>
}

/** A message about a thread's lock, from the thread itself, or from a supervisor that found the thread dead. */
export interface LockNotice {
  readonly threadId: number
  /** True: the thread holds its lock, or has held it. False: it has only asked for it. */
  readonly isHeld: boolean
}

type PageListener = (event: { readonly persisted: boolean }) => void

/** The parts of a page or worker that are used here. Not all of them exist everywhere. */
interface Scope {
  /** `userAgentData` exists in Chromium alone. */
  readonly navigator?: { readonly locks?: Locks; readonly userAgentData?: unknown }
  addEventListener?(type: 'pagehide' | 'pageshow', listener: PageListener): void
  removeEventListener?(type: 'pageshow', listener: PageListener): void
}

export const scope: Scope = globalThis as Scope

/** Undefined on a server, where this host isn't used: Node's locks don't wake a request that waits for a dead thread's lock. */
export let locks: Locks | undefined =
  internal.serverHost.threadId() === undefined ? scope.navigator?.locks : undefined

// Chromium sends a thread's first request only once the thread has returned to its event loop, so one is made early.
// Elsewhere it has no use, and WebKit (2.50) aborts the page's process if it terminates a worker while a query is answered.
if (scope.navigator?.userAgentData) locks?.query().catch(() => {})

export const NO_LOCKS =
  "Web Locks aren't available here; call table.release(threadId) once a thread has ended"

/**
 * Handles the rejection of a lock request. Requests of a page that is being left, or that enters the back/forward cache,
 * are rejected without harm.
 */
export function handleRejection(error: unknown): void {
  if ((error as Error).name === 'SecurityError') {
    // There are locks, but not for this page: it has no origin, or may not store anything.
    if (locks) console.warn(`threadslots: ${NO_LOCKS}`)
    locks = undefined
  } else if (!(error instanceof DOMException)) throw error
}

/** The table's name, the same wherever the table is opened. The first call writes a random id into the table's header. */
export function ensureTableName(memory: Memory): string {
  const [random = 0n] = crypto.getRandomValues(new BigInt64Array(1))
  const index = internal.TABLE_ID / 8
  // 0 means that there is no id yet, so the id is odd.
  Atomics.compareExchange(memory.i64, index, 0n, random | 1n)
  return `threadslots/${BigInt.asUintN(64, Atomics.load(memory.i64, index)).toString(16)}`
}

/** The name of a thread's lock. */
export const lockName = (tableName: string, threadId: number): string => `${tableName}/${threadId}`
