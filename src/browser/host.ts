/*
 * The host for browsers, where threads have neither ids nor anything that tells of their end. Ids are counted in the
 * table's header. And a lock is given back when its holder ends, however it ends: so each thread holds a Web Lock for
 * its life, and who supervises the table asks for the same lock, to be granted it by that thread's death.
 *
 *   threadslots/<table>/<thread>   the lock
 *   threadslots/<table>            a channel, on which a thread says that it asked for its lock, and that it holds it, and
 *                                  supervisors learn of one another
 *
 * The hazard is a supervisor that is granted the lock before the thread: it would take a running thread for a dead one.
 * Chromium sends a thread's first request of all only once the thread has returned to its event loop, and it may never
 * return. So a supervisor asks for a lock only where somebody holds it: the thread says so, or a query shows it.
 *
 * A thread that ends before has never held it. So until it does, supervisors look for life in it, by asking ever less
 * often: see waits.ts.
 *
 * There may be several supervisors, and each shall read what a dead thread left before its row is free. So they ask for
 * its lock in shared mode first, are granted it together, and only then ask for it alone, to free the row.
 *
 * And one browser takes locks from the living: WebKit, from a page that enters its back/forward cache. Such a page says so
 * in its wait word, and when it comes back, it asks for its lock and supervises anew.
 */
import { host } from '../index.js'
import { join } from './membership.js'
import { listeners, supervise } from './supervision.js'
import { nameOf } from './web-locks.js'

const browser = globalThis as {
  readonly DedicatedWorkerGlobalScope?: unknown
  readonly SharedArrayBuffer?: unknown
}

/** Makes this the host of a thread whose runtime has no thread ids: in a browser, and nowhere else. */
export function installBrowserHost(): void {
  if (host.threadId() !== undefined) return
  Object.assign(host, {
    // A table that is still to be made will have one.
    threadId: table => (table ? join(table, supervise) : 0),
    allocate: byteLength => {
      if (browser.SharedArrayBuffer) return new SharedArrayBuffer(byteLength)
      throw new TypeError(
        'this page shares no memory; serve it with the headers Cross-Origin-Opener-Policy: same-origin and ' +
          'Cross-Origin-Embedder-Policy: require-corp, or use SlotTable.create({ shared: false }) in one thread',
      )
    },
    watchWorkers: (onExit, table) => listeners.set(nameOf(table), onExit),
    warnAlone: () => {
      if (browser.DedicatedWorkerGlobalScope) {
        console.warn(
          'worker has its own table; call setDefaultTable(SlotTable.from(buffer)) before threadLocal',
        )
      }
    },
  } satisfies typeof host)
}
