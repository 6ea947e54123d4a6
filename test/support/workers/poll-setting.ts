// Counts its polls of the main thread's setting, without ever yielding, until that is 1. Then it ends.
import { parentPort } from 'node:worker_threads'
import { threadLocal, valuesOf } from 'threadslots'

const local = threadLocal('polling', { stop: 'u32', polls: 'count' })
const main = valuesOf(local, 0)
local.polls = 0
parentPort?.postMessage('polling')
while (main.stop !== 1) local.polls++
parentPort?.unref()
