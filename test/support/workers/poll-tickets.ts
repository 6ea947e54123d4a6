// Polls tickets without yielding until the first one is cancelled. Then it sends those of the others that ever were.
import { parentPort, workerData } from 'node:worker_threads'
import { threadLocal } from 'threadslots'
import { isCancelled } from 'threadslots/cancel'

const polling = threadLocal('polling', { rounds: 'count' })

const [stop, ...others] = workerData as number[]
const found = new Set<number>()
while (!isCancelled(stop as number)) {
  for (const ticket of others) if (isCancelled(ticket)) found.add(ticket)
  polling.rounds++
}
parentPort?.postMessage([...found])
