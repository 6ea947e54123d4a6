// A program for Node as users of bundlers write it: the worker's URL names its source file.

import { totals } from 'threadslots'
// biome-ignore lint/style/useNodejsImportProtocol: webpack detects workers only by this name
import { Worker } from 'worker_threads'
import { local } from './counts.js'

for (const jobs of [1, 20, 300]) {
  new Worker(new URL('./worker.js', import.meta.url), { workerData: jobs })
}
local.jobs += 4000
local.largest = -1
process.on('exit', () => console.log(JSON.stringify([totals(local), totals(local, 'retired')])))
