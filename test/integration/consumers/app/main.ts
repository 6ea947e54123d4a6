// A program for a bundler, as its users write it for Node: the worker is named by its source.

import { totals } from 'threadslots'
// biome-ignore lint/style/useNodejsImportProtocol: webpack finds the worker by this name alone
import { Worker } from 'worker_threads'
import { local } from './counts.js'

for (const jobs of [1, 20, 300]) {
  new Worker(new URL('./worker.js', import.meta.url), { workerData: jobs })
}
local.jobs += 4000
local.largest = -1
process.on('exit', () => console.log(JSON.stringify([totals(local), totals(local, 'retired')])))
