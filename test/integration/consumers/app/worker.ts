import { workerData } from 'node:worker_threads'
import { local } from './counts.js'

for (let i = 0; i < workerData; i++) {
  local.jobs++
  local.bytes += 0.5
}
local.largest = workerData
