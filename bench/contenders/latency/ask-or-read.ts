/*
 * Compares two ways to learn what running workers have counted: asking them by message, and reading their
 * slots. Measures how long each takes, and how many increments its answer is behind when it arrives.
 */
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { totals } from 'threadslots'
import type { Meter } from '../../harness/meter.js'
import { local } from './counter.js'

/** Idle workers wait for messages; busy workers handle messages between two slices of work. */
export type State = 'idle' | 'busy'
export const SLICE_MS = 10

export async function measureLatency(meter: Meter, state: State): Promise<void> {
  // This thread needs one of the processors.
  const workers = Array.from(
    { length: Math.max(1, availableParallelism() - 1) },
    () => new Worker(new URL('./thread.js', import.meta.url), { workerData: { state } }),
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
    // So that each question arrives at a different point of the workers' slices.
    await new Promise(resolve => setTimeout(resolve, Math.random() * 2 * SLICE_MS))
  }
  meter.record(name, 'ns', times)
  meter.record(`${name}: increments behind`, 'count', behind)
}
