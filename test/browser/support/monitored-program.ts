// A program with a monitor, whose names and texts are hostile to pages. It does what it reads from its standard input, a
// word per line: start two workers that `work`, `block` the main thread for a while, get a worker `stuck`, or `end`. It first
// writes the monitor's URL. The workers define all keys, so at first there are none.
import { createInterface } from 'node:readline'
import { isMainThread, threadId, Worker } from 'node:worker_threads'
import { nameThread, threadLocal } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { labelled } from 'threadslots/labels'
import { monitor } from 'threadslots/monitor'

const HOSTILE = '<img src=x onerror=alert(1)>'
const BLOCKED_MS = 1000
const BLOCK_FOR_MS = 6000
const STEP_MS = 20

const define = () =>
  threadLocal('jobs', {
    started: 'count',
    done: { type: 'count', help: `${HOSTILE} in a help`, unit: `${HOSTILE}` },
    file: { type: 'text', length: 64 },
    waiting: { type: 'i32', retire: false },
    largest: { type: 'f64', fold: 'max', unit: 'bytes' },
    step: { type: 'u32', fold: 'none' },
    sizes: { type: 'u32', length: 4 },
    ms: histogram({ min: 0.1, max: 60_000, digits: 2, unit: 'milliseconds' }),
    requests: labelled('count', ['method']),
    latencies: labelled(histogram({ min: 1, max: 100, digits: 1 }), ['method']),
  })

if (isMainThread) {
  const { url } = await monitor({
    port: Number(process.env.PORT ?? 0),
    blockedMs: BLOCKED_MS,
    stuckMs: 1500,
    tasks: { started: 'jobs.started', done: 'jobs.done' },
  })
  const workers: Worker[] = []
  createInterface({ input: process.stdin }).on('line', order => {
    if (order === 'work') for (let i = 0; i < 2; i++) workers.push(new Worker(new URL(import.meta.url)))
    else if (order === 'block') block()
    else if (order === 'stuck') workers[0]?.postMessage('stuck')
    else process.exit()
  })
  console.log(url)
} else {
  const { parentPort } = await import('node:worker_threads')
  nameThread(`${HOSTILE} ${threadId}`)
  const jobs = define()
  work(jobs)
  parentPort?.on('message', () => {
    jobs.started++
    jobs.file = `${HOSTILE} without end`
    for (;;);
  })
}

function block(): void {
  const end = Date.now() + BLOCK_FOR_MS
  while (Date.now() < end);
}

function work(jobs: ReturnType<typeof define>): void {
  setInterval(() => {
    jobs.started++
    const ms = 1 + Math.random() * 50
    jobs.file = `<b>${Math.round(ms)}</b>`
    jobs.waiting = Math.round(ms)
    jobs.largest = Math.max(jobs.largest, 1000 * ms)
    jobs.step++
    const size = jobs.step % 4
    jobs.sizes[size] = (jobs.sizes[size] as number) + 1
    jobs.ms.record(ms)
    for (const method of ['GET', '<script>alert(1)</script>']) {
      jobs.requests.with({ method }).add(1)
      jobs.latencies.with({ method }).record(ms)
    }
    jobs.done++
  }, STEP_MS)
}
