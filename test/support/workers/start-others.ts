// Doesn't use the package itself. Starts workers that do, terminates them, and says so in shared memory, so that a thread
// whose event loop doesn't turn can wait for it.
import { workerData } from 'node:worker_threads'
import { endedAnyhow, message, start } from '../workers.js'

export interface StartOthersData {
  /** Index 0: number of workers that have counted; 1: set to have them terminated; 2: number of workers that are dead. */
  readonly signals: Int32Array
  readonly ways: readonly Way[]
}

/** What a worker does after it has counted. */
export type Way = 'spin' | 'wait' | 'stay' | 'end'

const { signals, ways } = workerData as StartOthersData
const add = (index: number) => {
  Atomics.add(signals, index, 1)
  Atomics.notify(signals, index)
}
const workers = await Promise.all(
  ways.map(async way => {
    const worker = start('count-and-stay.js', { way, signals })
    const end = endedAnyhow(worker)
    await message(worker)
    add(0)
    return { worker, end }
  }),
)
while (Atomics.load(signals, 1) === 0) await new Promise(resolve => setTimeout(resolve, 5))
for (const { worker, end } of workers) {
  await worker.terminate()
  await end
  add(2)
}
