// Makes definitions, one of its own and some that other workers make at the same time. Then it ends, and its
// exit listener makes one more.
import { parentPort, workerData } from 'node:worker_threads'
import { threadLocal } from 'threadslots'

const { own, common, way } = workerData as {
  own: number
  common: number[]
  way: 'return' | 'exit' | 'throw' | 'terminate'
}
const local = threadLocal(`own ${own}`, { n: 'u32', at: { type: 'i32', fold: 'max' } })
local.n++
for (const k of common) {
  const { ids: _, ...other } = threadLocal(`common ${k}`, { n: 'u32', ids: 'i64' })
  threadLocal(`common ${k}`, { ids: 'i64', n: 'u32' }).n = other.n + 1
}
process.on('exit', () => {
  threadLocal(`own ${own}`, { at: { type: 'i32', fold: 'max' } }).at = own
  local.n++
})
parentPort?.postMessage('ending')
if (way === 'terminate') setInterval(() => {}, 1000)
if (way === 'exit') process.exit()
if (way === 'throw') throw new Error('as ordered')
