// Starts without this package. At the first message it polls the ticket that it is sent.
import { parentPort } from 'node:worker_threads'

parentPort?.once('message', async (ticket: number) => {
  const { isCancelled } = await import('threadslots/cancel')
  parentPort?.postMessage(isCancelled(ticket))
})
parentPort?.postMessage('started')
