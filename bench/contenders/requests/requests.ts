/*
 * The same request in every way that a thread can make one: nothing at first, then `ask()`.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { defaultTable, SlotTable, type ThreadLocal, threadLocal } from 'threadslots'
import { cancellable } from 'threadslots/cancel'
import { THREADS } from './names.js'

/** What the main thread asks for. */
type Asked = {
  readonly level: 'u32'
  readonly levels: { readonly type: 'u32'; readonly length: 64 }
  readonly mode: { readonly type: 'text'; readonly length: 16 }
}

export const asked: ThreadLocal<Asked> = threadLocal('requests', {
  level: 'u32',
  levels: { type: 'u32', length: 64 },
  mode: { type: 'text', length: 16 },
})
/** The element that is asked for. */
export const ELEMENT = 3

/** What any thread may ask for. */
export const anyone: ThreadLocal<{ readonly asked: 'count' }> = threadLocal('anyone', { asked: 'count' })
export const ANYONE_KEY = 'anyone.asked'

/** No thread of this process has this id, or a greater one. */
const FIRST_ID = 1000

/** Where a thread has to look for requests. */
export interface Places {
  readonly tickets: readonly [number, number]
  readonly cell: Int32Array
  /** Nobody listens to it. */
  readonly port: MessagePort
  /** A message to it aborts a signal. */
  readonly abortPort: MessagePort
}

/** Prepares requests of this thread, and rows of other threads that ask for nothing. */
export function prepareRequests(): { readonly places: Places; ask(): void } {
  asked.level = 0
  asked.levels.fill(0)
  asked.mode = 'run'
  anyone.asked = 0
  // This thread is one of them.
  for (let thread = 1; thread < THREADS; thread++) {
    const table = SlotTable.from(defaultTable().buffer, { threadId: FIRST_ID + thread })
    table.attach().slot(table.key(ANYONE_KEY, 'count')).value = 0
  }
  const runs = [cancellable(), cancellable()] as const
  const cell = new Int32Array(new SharedArrayBuffer(4))
  const [channel, abortChannel] = [new MessageChannel(), new MessageChannel()]
  return {
    places: {
      tickets: [runs[0].ticket, runs[1].ticket],
      cell,
      port: channel.port2,
      abortPort: abortChannel.port2,
    },
    ask() {
      asked.level = 1
      asked.levels[ELEMENT] = 1
      asked.mode = 'stop'
      anyone.asked++
      for (const run of runs) run.cancel()
      Atomics.store(cell, 0, 1)
      channel.port1.postMessage('stop')
      abortChannel.port1.postMessage('stop')
    },
  }
}
