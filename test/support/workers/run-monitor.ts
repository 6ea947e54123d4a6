// The monitor's thread, made of the modules that coverage sees, and ended in the way that lets it count them: V8 writes no figures
// for a thread that is terminated.
import { cpSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { runMonitor } from '../../../src/monitor/thread.js'

// The build puts the page beside the published module.
const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))
cpSync(pathOf('../../../../dist/monitor-page'), pathOf('../../../src/monitor/monitor-page'), {
  recursive: true,
})

parentPort?.once('message', () => process.exit())
parentPort?.postMessage(await runMonitor(workerData))
