// A worker that reads what all threads have done, at the start and whenever it is told to do more itself.
import { parentPort } from 'node:worker_threads'
import { perThread, totals } from 'threadslots'
import { jobs } from './jobs.js'

const tell = () => parentPort?.postMessage({ totals: totals(jobs), perThread: perThread(jobs) })

parentPort?.on('message', ({ add }: { add: number }) => {
  jobs.done += add
  tell()
})
tell()
