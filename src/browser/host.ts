/*
 * The host for browsers, where threads have neither ids nor anything that announces their exit. Ids are counted in the
 * table's header. A lock is given back when its holder ends, however it ends: so every thread holds a Web Lock for its
 * lifetime, and supervisors of the table ask for the same lock, which they are granted when the thread dies.
 *
 *   threadslots/<table>/<thread>   a thread's lock
 *   threadslots/<table>            a channel on which threads announce that they have asked for their lock, and that they
 *                                  hold it; supervisors learn of one another there
 *
 * The hazard is a supervisor that is granted a lock before its thread is: it would take a running thread for a dead one.
 * Chromium sends a thread's first lock request only once the thread has returned to its event loop, and it may never
 * return. So a supervisor asks for a lock only if it is held: the thread says so, or a query shows it.
 *
 * A thread that ends before that has never held its lock. Until it does, supervisors probe it, less and less often: see
 * protocol/liveness.ts.
 *
 * A table may have several supervisors, and each of them must read what a dead thread left before its row is free. So they
 * first ask for its lock in shared mode, are granted it together, and only then ask for it exclusively to free the row.
 *
 * WebKit alone takes locks from living pages: those that enter its back/forward cache. Such a page marks its wait word as
 * suspended. When it comes back, it asks for its lock again and resumes its supervision.
 */
import { type Host, internal } from '../index.js'
import { join } from './membership.js'
import { announceExitsTo, superviseMemory } from './supervision.js'

const page = globalThis as {
  readonly DedicatedWorkerGlobalScope?: unknown
  /** A worker's name is its thread's; a window's is not. */
  readonly name?: string
  readonly SharedArrayBuffer?: unknown
}

const NO_SHARED_MEMORY =
  "this page can't share memory; serve it with the headers Cross-Origin-Opener-Policy: same-origin and " +
  'Cross-Origin-Embedder-Policy: require-corp, or use SlotTable.create({ shared: false }) in one thread'

function allocate(byteLength: number): SharedArrayBuffer {
  if (page.SharedArrayBuffer) return new SharedArrayBuffer(byteLength)
  throw new TypeError(NO_SHARED_MEMORY)
}

const browserHost: Host = {
  // A table that is still to be made will give this thread an id; until then any valid one will do.
  // Some browsers have no Atomics.waitAsync. Half of the waiters are in reserve, for probes just when a word changes hands.
  waiters: 'waitAsync' in Atomics ? 128 : 0,
  // Firefox ends the waits of a thread that closes itself and may run on, so a probe alone frees no row.
  canSweep: false,
  parkWaiters(count, i32, index, value) {
    for (let i = 0; i < count; i++) {
      if (!Atomics.waitAsync(i32, index, value).async) return false
    }
    return true
  },
  threadId: memory => (memory ? join(memory, () => superviseMemory(memory)) : 0),
  threadName: () => (page.DedicatedWorkerGlobalScope ? (page.name ?? '') : ''),
  // Pages have less address space than servers, and engines that count reserved memory as used.
  defaultDimensions: { maxThreads: 256, rowBytes: 8192, maxKeys: 1024 },
  allocate,
  reserve: allocate,
  // A page's workers inherit nothing: they are sent the buffer.
  inherited: () => ({}),
  bequeath: () => {},
  watchWorkers: ({ announceExits }, memory) => announceExitsTo(memory, announceExits),
  reportDeaths: () => {},
  warn: message => console.warn(`threadslots: ${message}`),
  registerUnshared: () => {
    if (page.DedicatedWorkerGlobalScope) {
      console.warn(
        "threadslots: this worker has a table of its own, so its values are missing from the page's totals; " +
          'call setDefaultTable(SlotTable.from(buffer)) before threadLocal',
      )
    }
  },
  // A worker has warned by itself: a page's console shows it even if the worker never yields.
  noticeReading: () => {},
}

/** Makes this the host of a thread whose runtime has no thread ids: one in a browser, and nowhere else. */
export function installBrowserHost(): void {
  if (internal.serverHost.threadId() === undefined) internal.setHost(browserHost)
}
