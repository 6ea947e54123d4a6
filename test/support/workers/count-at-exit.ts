// Counts in its exit listener, too, and makes a definition there.
import { workerData } from 'node:worker_threads'
import { threadLocal } from 'threadslots'
import { jobs } from '../definitions/jobs.js'

const { way } = workerData as { way: 'return' | 'exit' | 'throw' }
jobs.done++
process.on('exit', () => {
  jobs.done += 10
  const late = threadLocal('last words', { n: 'u32', sizes: { type: 'f64', length: 2 }, ids: 'i64' })
  late.n++
  late.sizes[1] = 0.5
  late.ids -= 1n
  process.on('exit', () => {
    throw new Error('never called')
  })
})
if (way === 'exit') process.exit()
if (way === 'throw') throw new Error('as ordered')
