import { SlotTable } from 'threadslots'

interface Given {
  readonly buffer: SharedArrayBuffer
  readonly threadId: number
  readonly count: number
}

// The parts of a browser worker's scope that are used here.
declare function addEventListener(type: 'message', listener: (event: { data: Given }) => void): void
declare function postMessage(message: unknown): void

addEventListener('message', ({ data: { buffer, threadId, count } }) => {
  const table = SlotTable.from(buffer, { threadId })
  const jobs = table.attach().slot(table.key('jobs', 'u32'))
  for (let i = 0; i < count; i++) jobs.add(1)
  postMessage('done')
})
