// What the page of frames.test.ts does in a frame: it joins the table of the page around it, or has a table of its own
// with two workers.
import { defaultTable, SlotTable, whenSupervised } from 'threadslots/browser'
import { start, until, valuesOf } from './start-worker.js'
import { defineJobs } from './tasks.js'

/** What a frame tells the page around it. */
export interface FrameMessage {
  /** When this document was created. It differs from that of other documents loaded into the same frame. */
  readonly created: number
  readonly event: 'loaded' | 'counted' | 'freed a row'
}

/** A number: terminate the worker with this index. */
export type FrameOrder = 'start workers' | 0 | 1

/** The window of a frame. */
export interface CountingFrame {
  countIn(buffer: SharedArrayBuffer): Promise<void>
}

export function runFrame(): void {
  const say = (event: FrameMessage['event']) =>
    window.parent.postMessage({ created: performance.timeOrigin, event } satisfies FrameMessage)
  const threads: ReturnType<typeof start>[] = []
  window.onmessage = async ({ data }: MessageEvent<FrameOrder>) => {
    const jobs = defineJobs()
    if (data === 'start workers') {
      const { buffer } = defaultTable()
      threads.push(start('module', { buffer }), start('classic', { buffer, end: 'spin' }))
      await Promise.all(threads.map(({ isReady }) => isReady))
      return say('counted')
    }
    const thread = threads[data]
    if (!thread) return
    thread.worker.terminate()
    await until(() => !valuesOf(jobs, thread), 'its row is free')
    say('freed a row')
  }
  // The page calls it, because WebKit can't send shared memory to a frame in a message.
  Object.assign(window, {
    countIn: async buffer => {
      const table = SlotTable.from(buffer)
      table.attach().slot(table.key('n', 'u32')).add(5)
      await whenSupervised(table)
    },
  } satisfies CountingFrame)
  say('loaded')
}
