// Starts without this package. At the first message it defines, counts and ends.
import { parentPort } from 'node:worker_threads'

parentPort?.once('message', async () => {
  const { jobs } = await import('../definitions/jobs.js')
  jobs.done++
  parentPort?.postMessage('counted')
})
parentPort?.postMessage('started')
