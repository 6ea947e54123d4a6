// A worker that counts as it is told.
import { SlotTable, setDefaultTable, whenSupervised } from 'threadslots/browser'
import { ADDRESS, type Answer, COUNT, defineJobs, IS_ENOUGH, type Jobs, type Task } from '../jobs.js'

self.onmessage = async ({ data }: MessageEvent<Task>) => {
  // Once it has begun, each further message is one more to count.
  self.onmessage = () => {
    jobs.n++
    Atomics.store(log, COUNT, jobs.n)
  }
  const { buffer, mark, log, first, isSupervised, end, child } = data
  const table = SlotTable.from(buffer)
  setDefaultTable(table)
  const jobs = defineJobs()
  jobs.mark = mark
  jobs.n = first
  Atomics.store(log, COUNT, first)
  Atomics.store(log, ADDRESS, table.attach().byteAddress(table.key('jobs.n', 'u32')))
  if (child) startChild(child)
  if (isSupervised) await whenSupervised(table)
  self.postMessage({ mark } satisfies Answer)
  if (end.startsWith('close')) self.close()
  if (end.endsWith('spin')) spin(jobs, log)
  if (end === 'throw') self.setTimeout(() => raise())
}

function spin(jobs: Jobs, log: Int32Array<SharedArrayBuffer>) {
  while (!Atomics.load(log, IS_ENOUGH)) {
    jobs.n++
    Atomics.store(log, COUNT, jobs.n)
  }
}

function raise(): never {
  throw new Error('thrown on purpose')
}

function startChild(task: Task) {
  const type = self.location.pathname.endsWith('.classic.js') ? 'classic' : 'module'
  const worker = new Worker(self.location.href, { type })
  worker.onmessage = ({ data }) => self.postMessage(data)
  worker.postMessage(task)
}
