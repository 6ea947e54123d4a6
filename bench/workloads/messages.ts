/*
 * Counting by messages, as pools do it: a thread sums up privately and posts its sums now and then. The
 * receiver runs in another thread, so only the sender's cost is measured.
 */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'

/** A message is sent each time this many have been counted. */
export const MESSAGE_EVERY = 1000

const RECEIVER = `
  const { parentPort } = require('node:worker_threads')
  let total = 0
  parentPort.once('message', port => port.on('message', ({ count }) => { total += count }))
`

/**
 * A port to another thread, which adds up what the messages say. The port does not keep the process alive.
 */
export function messagePort(): MessagePort {
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(RECEIVER, { eval: true })
  worker.postMessage(port2, [port2])
  worker.unref()
  return port1
}
