// Counts by route, in an order of its own, together with other workers that pass the gate at the same time. After each count, it
// notes outside of the table how many there were.
import { parentPort, workerData } from 'node:worker_threads'
import { nameThread } from 'threadslots'
import { ARRIVED, byRoute, type CountByRouteData, IS_ENOUGH } from '../definitions/by-route.js'
import { randomFrom } from '../random.js'

const { gate, opensAt, routes, seed, noted, worker, way } = workerData as CountByRouteData
const random = randomFrom(seed + worker)
const order = Array.from({ length: routes }, (_, route) => ({ route, rank: random() })).sort(
  (a, b) => a.rank - b.rank,
)

nameThread(`counter ${worker}`)
Atomics.add(gate, ARRIVED, 1)
Atomics.notify(gate, ARRIVED)
for (let here = 0; here < opensAt; here = Atomics.load(gate, ARRIVED)) Atomics.wait(gate, ARRIVED, here)

do {
  for (const { route } of order) {
    byRoute.all.with({ route }).add(1)
    byRoute.limited.with({ route }).add(1)
    Atomics.add(noted, worker, 1)
    Atomics.notify(noted, worker)
  }
} while (way === 'endlessly' && !Atomics.load(gate, IS_ENOUGH))
parentPort?.postMessage('done')
parentPort?.on('message', () => {})
