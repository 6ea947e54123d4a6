// Sends what all threads have done, at the start and after each message, which tells it how many jobs to do itself.
import { parentPort } from 'node:worker_threads'
import { perThread, totals } from 'threadslots'
import { jobs } from '../definitions/jobs.js'

const sendReadings = () => parentPort?.postMessage({ totals: totals(jobs), perThread: perThread(jobs) })

parentPort?.on('message', ({ add }: { add: number }) => {
  jobs.done += add
  sendReadings()
})
sendReadings()
