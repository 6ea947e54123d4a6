/*
 * A worker that polls the main thread: it measures, asks for requests, and makes sure that each way to poll finds its own.
 */
import { once } from 'node:events'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { type Contender, Meter } from '../../harness/meter.js'
import { EventLoopPoll } from './event-loop-poll.js'
import { loops } from './loops.js'
import { MEASURED } from './names.js'
import { polls } from './polls.js'
import type { Places } from './requests.js'

export interface ThreadData {
  readonly what: 'polls' | 'loops'
  readonly milliseconds: number
  readonly places: Places
}

const { what, milliseconds, places } = workerData as ThreadData
const main = parentPort as MessagePort
const meter = new Meter(milliseconds)

if (what === 'loops') meter.race(loops(places))
else await measurePolls()
main.postMessage(meter.measurements)

async function measurePolls(): Promise<void> {
  const contenders = polls(places)
  const eventLoop = new EventLoopPoll(places.abortPort)
  meter.race(contenders)
  await eventLoop.measure(meter)
  main.postMessage(MEASURED)
  await once(main, 'message')
  for (const contender of contenders) findRequest(contender)
  await eventLoop.findRequest()
}

function findRequest({ name, run, result }: Contender): void {
  run(1)
  if (result?.() !== 1) throw new Error(`${name} finds no request`)
}
