// A program for browsers as users of bundlers write it, with a table and thread ids that it manages itself.
import { SlotTable } from 'threadslots'

// The part of a browser's Worker that is used here.
declare class Worker {
  constructor(url: URL, options: { type: 'module' })
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: () => void): void
  terminate(): void
}

const table = SlotTable.create({ maxThreads: 4, threadId: 1 })
const jobs = table.key('jobs', 'u32')
let running = 0
for (const [i, count] of [1, 20, 300].entries()) {
  const threadId = 2 + i
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  running++
  worker.addEventListener('message', () => {
    worker.terminate()
    table.release(threadId)
    if (--running === 0) console.log(JSON.stringify([table.fold(jobs), table.fold(jobs, 'retired')]))
  })
  worker.postMessage({ buffer: table.buffer, threadId, count })
}
table.attach().slot(jobs).add(4000)
