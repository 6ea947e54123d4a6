// Counts, and now and then returns to its event loop, until it gets a message. Then it sends how often it has counted.
import { parentPort } from 'node:worker_threads'
import { jobs } from '../definitions/jobs.js'

let counted = 0
let isOver = false

function count(): void {
  for (let i = 0; i < 1000; i++) jobs.done++
  counted += 1000
  if (isOver) parentPort?.postMessage(counted)
  else setTimeout(count, 1)
}

parentPort?.once('message', () => {
  isOver = true
})
count()
parentPort?.postMessage('begun')
