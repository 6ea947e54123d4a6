// Is started before there is a default table, and makes its definition at the first message, which may be a
// table. Sends the warnings that it got, and what it and a worker of its own have counted.
import { parentPort } from 'node:worker_threads'
import { ended, start } from '../workers.js'

const warnings: unknown[] = []
process.on('warning', warning => warnings.push((warning as { code?: string }).code))

parentPort?.once('message', async (table: { buffer: SharedArrayBuffer } | undefined) => {
  const { SlotTable, threadLocal, totals, setDefaultTable } = await import('threadslots')
  if (table) setDefaultTable(SlotTable.from(table.buffer))
  const { jobs } = await import('../definitions/jobs.js')
  threadLocal('another', { n: 'u32' })
  jobs.done++
  await ended(start('do-job.js'))
  await new Promise(resolve => setImmediate(resolve))
  parentPort?.postMessage({ warnings, done: totals(jobs).done, retired: totals(jobs, 'retired').done })
  parentPort?.unref()
})
parentPort?.postMessage('started')
