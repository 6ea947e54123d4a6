// A worker that reads the totals over and over until it is stopped, and reports every total that fell.
import { parentPort, workerData } from 'node:worker_threads'
import { totals } from 'threadslots'
import { counts } from './counts.js'

const { stop } = workerData as { stop: Int32Array }
const last = { all: totals(counts), retired: totals(counts, 'retired') }
const problems: string[] = []
let readings = 0
parentPort?.postMessage('watching')
while (Atomics.load(stop, 0) === 0) {
  for (let i = 0; i < 20; i++, readings++) {
    for (const scope of ['retired', 'all'] as const) {
      const now = totals(counts, scope)
      for (const name of ['tasks', 'numbers', 'largest', 'steps'] as const) {
        if (now[name] < last[scope][name])
          problems.push(`${scope} ${name} fell from ${last[scope][name]} to ${now[name]}`)
      }
      last[scope] = now
    }
    if (last.retired.tasks > last.all.tasks)
      problems.push(`${last.retired.tasks} retired tasks, but ${last.all.tasks} in all`)
  }
  // Leaves the processor to the pool for a millisecond.
  Atomics.wait(stop, 0, 0, 1)
}
parentPort?.postMessage({ readings, problems: problems.slice(0, 10) })
