// What a page of these tests does inside another one: it is a thread of that one's table, or has one of its own with
// two workers.
import { defaultTable, SlotTable, whenSupervised } from 'threadslots/browser'
import { defineJobs } from './jobs.js'
import { start, until, valuesOf } from './threads.js'

/** What a frame says. */
export interface FrameMessage {
  /** Which one, of those that were loaded in its place. */
  readonly born: number
  readonly what: 'loaded' | 'counted' | 'saw a death'
}

/** The number: which of its workers is to die. */
export type FrameOrder = 'start workers' | 0 | 1

/** A frame's window. */
export interface CountingFrame {
  countIn(buffer: SharedArrayBuffer): Promise<void>
}

export function runFrame(): void {
  const say = (what: FrameMessage['what']) =>
    window.parent.postMessage({ born: performance.timeOrigin, what } satisfies FrameMessage)
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
    say('saw a death')
  }
  // Not by a message: WebKit sends no shared memory to frames.
  Object.assign(window, {
    countIn: async buffer => {
      const table = SlotTable.from(buffer)
      table.attach().slot(table.key('n', 'u32')).add(5)
      await whenSupervised(table)
    },
  } satisfies CountingFrame)
  say('loaded')
}
