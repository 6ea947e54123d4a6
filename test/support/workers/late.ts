// A worker that was started before there was a default table. At the first message it imports the definition; the
// message may be a table. It tells how it was warned, and what it and its own worker have counted.
import { parentPort } from 'node:worker_threads'
import { ended, start } from './run.js'

const warnings: unknown[] = []
process.on('warning', warning => warnings.push((warning as { code?: string }).code))

parentPort?.once('message', async (table: { buffer: SharedArrayBuffer } | undefined) => {
  const { SlotTable, threadLocal, totals, setDefaultTable } = await import('threadslots')
  if (table) setDefaultTable(SlotTable.from(table.buffer))
  const { jobs } = await import('./jobs.js')
  threadLocal('another', { n: 'u32' })
  jobs.done++
  await ended(start('do-job.js'))
  await new Promise(resolve => setImmediate(resolve))
  parentPort?.postMessage({ warnings, done: totals(jobs).done, retired: totals(jobs, 'retired').done })
  parentPort?.unref()
})
parentPort?.postMessage('started')
