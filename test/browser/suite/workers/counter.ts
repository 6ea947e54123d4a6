// A worker that counts as its task says.
import { SlotTable, setDefaultTable, whenSupervised } from 'threadslots/browser'
import {
  ADDRESS,
  type Answer,
  COUNT,
  defineJobs,
  IS_ENOUGH,
  type Jobs,
  ownLockName,
  type Task,
} from '../tasks.js'

self.onmessage = async ({ data }: MessageEvent<Task>) => {
  // Each further message makes it count once more.
  self.onmessage = () => {
    jobs.n++
    Atomics.store(log, COUNT, jobs.n)
  }
  const { buffer, mark, log, first, isSupervised, hasOwnLock, end, child } = data
  const table = SlotTable.from(buffer)
  setDefaultTable(table)
  const jobs = defineJobs()
  jobs.mark = mark
  jobs.n = first
  Atomics.store(log, COUNT, first)
  Atomics.store(log, ADDRESS, table.attach().byteAddress(table.key('jobs.n', 'u32')))
  if (child) startChild(child)
  if (isSupervised) await whenSupervised(table)
  if (hasOwnLock) await holdForever(ownLockName(mark))
  self.postMessage({ mark } satisfies Answer)
  if (end.startsWith('close')) self.close()
  if (end.endsWith('spin')) spin(jobs, log)
  if (end === 'throw') self.setTimeout(throwError)
}

function spin(jobs: Jobs, log: Int32Array<SharedArrayBuffer>) {
  while (!Atomics.load(log, IS_ENOUGH)) {
    jobs.n++
    Atomics.store(log, COUNT, jobs.n)
  }
}

/** Resolves when the lock is held. */
function holdForever(lock: string): Promise<void> {
  return new Promise(resolve => {
    navigator.locks.request(lock, () => {
      resolve()
      return new Promise(() => {})
    })
  })
}

function throwError(): never {
  throw new Error('thrown on purpose')
}

function startChild(task: Task) {
  const type = self.location.pathname.endsWith('.classic.js') ? 'classic' : 'module'
  const worker = new Worker(self.location.href, { type })
  worker.onmessage = ({ data }) => self.postMessage(data)
  worker.postMessage(task)
}
