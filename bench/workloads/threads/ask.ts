/*
 * What running workers count: asked by message, and read from their slots. How long it takes, and how much they have
 * counted since what the answer tells.
 */
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { totals } from 'threadslots'
import type { Meter } from '../../harness/meter.js'
import { local } from './counting.js'

/** Idle workers wait for messages; busy ones look at them between two slices of work. */
export type State = 'idle' | 'busy'
export const SLICE_MS = 10

export async function askWorkers(meter: Meter, state: State): Promise<void> {
  // One processor is left to the one that asks.
  const workers = Array.from(
    { length: Math.max(1, availableParallelism() - 1) },
    () => new Worker(new URL('./answer.js', import.meta.url), { workerData: { state } }),
  )
  await Promise.all(workers.map(worker => once(worker, 'message')))

  const ask = async (): Promise<number> => {
    const answers = workers.map(async worker => {
      const answer = once(worker, 'message')
      worker.postMessage('how many?')
      return ((await answer) as [number])[0]
    })
    return (await Promise.all(answers)).reduce((sum, count) => sum + count, 0)
  }
  const read = () => totals(local).count

  await measure(meter, 'asked by messages', ask)
  await measure(meter, 'totals(local)', read)
  for (const worker of workers) await worker.terminate()
}

async function measure(meter: Meter, name: string, getCount: () => number | Promise<number>): Promise<void> {
  const times: number[] = []
  const behind: number[] = []
  const end = performance.now() + 3 * meter.milliseconds
  while (performance.now() < end || times.length < 3) {
    const started = performance.now()
    const answer = await getCount()
    times.push((performance.now() - started) * 1e6)
    behind.push(totals(local).count - answer)
    // At another point of the workers' slices each time.
    await new Promise(resolve => setTimeout(resolve, Math.random() * 2 * SLICE_MS))
  }
  meter.record(name, 'ns', times)
  meter.record(`${name}: increments behind`, 'count', behind)
}
