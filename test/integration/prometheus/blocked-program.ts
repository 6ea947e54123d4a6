// A program whose main thread computes for ten seconds, while one of its workers counts and another hangs. Its values are served
// in two ways: by a monitor, and for comparison by prom-client in the main thread.
import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Registry } from 'prom-client'
import { nameThread, threadLocal } from 'threadslots'
import { monitor } from 'threadslots/monitor'
import { collect } from 'threadslots/prometheus'
import { serveMetrics, sourceOf } from './metrics-server.js'

/** The program's first message. */
export interface Ports {
  readonly monitor: number
  readonly mainThread: number
}

/** Between which times the main thread was blocked, in milliseconds since 1970. The answer to `block`. */
export interface Block {
  readonly from: number
  readonly to: number
}

const BLOCK_MS = 10_000
/** After which time the monitor calls a thread blocked or stuck. */
const LIMIT_MS = 2000

const work = threadLocal('work', { started: 'count', done: 'count', steps: 'count' })

if (isMainThread) await runMainThread()
else runWorker(workerData)

async function runMainThread() {
  nameThread('main')
  const { url } = await monitor({
    port: 0,
    blockedMs: LIMIT_MS,
    stuckMs: LIMIT_MS,
    tasks: { started: 'work.started', done: 'work.done' },
  })
  const registry = new Registry()
  collect(registry, work)
  const { port } = await serveMetrics({ '/metrics': sourceOf(registry) })

  const steps = new Int32Array(new SharedArrayBuffer(4))
  const startWorker = (name: WorkerData['name']) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { name, steps } satisfies WorkerData })
    return once(worker, 'message').then(() => worker)
  }
  const [counting, hanging] = await Promise.all([startWorker('counting'), startWorker('hanging')])

  process.on('message', async request => {
    if (request === 'block') {
      counting.postMessage('start')
      hanging.postMessage('start')
      const from = Date.now()
      while (Date.now() < from + BLOCK_MS);
      process.send?.({ from, to: Date.now() } satisfies Block)
    } else {
      counting.postMessage('stop')
      await once(counting, 'message')
      process.send?.(Atomics.load(steps, 0))
    }
  })
  // If the test is killed, this program isn't needed any more.
  process.once('disconnect', () => process.exit())
  process.send?.({ monitor: Number(new URL(url).port), mainThread: port } satisfies Ports)
}

interface WorkerData {
  readonly name: 'counting' | 'hanging'
  /** One shared word with the number of steps that were really done. */
  readonly steps: Int32Array
}

function runWorker({ name, steps }: WorkerData) {
  nameThread(name)
  let timer: NodeJS.Timeout | undefined
  parentPort?.on('message', request => {
    if (request === 'stop') {
      clearInterval(timer)
      parentPort?.postMessage('stopped')
    } else if (name === 'hanging') {
      work.started++
      for (;;);
    } else {
      timer = setInterval(() => {
        work.steps++
        Atomics.add(steps, 0, 1)
      }, 1)
    }
  })
  parentPort?.postMessage('ready')
}
