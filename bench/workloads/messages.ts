/*
 * Counting by messages, as pools do it: a thread adds up by itself and posts its sums now and then. Whoever receives
 * them works in another thread here, so this is the sender's part of the cost alone.
 */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'

/** A message for each so many things counted. */
export const MESSAGE_EVERY = 1000

const RECEIVER = `
  const { parentPort } = require('node:worker_threads')
  let total = 0
  parentPort.once('message', port => port.on('message', ({ count }) => { total += count }))
`

/** A port whose messages another thread adds up. Keeps the process alive no longer than its own work does. */
export function messagePort(): MessagePort {
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(RECEIVER, { eval: true })
  worker.postMessage(port2, [port2])
  worker.unref()
  return port1
}
