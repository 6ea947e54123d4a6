/*
 * What a monitor costs the program: increments of a worker, the start, and memory.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { totals } from 'threadslots'
import { monitor } from 'threadslots/monitor'
import type { Meter } from '../../harness/meter.js'
import { shuffle } from '../../harness/shuffle.js'
import { makeThreads, scalars } from '../reading/threads.js'
import type { ThreadData } from './counting-thread.js'
import {
  IDLE,
  IDLE_MEMORY,
  MONITORED_START,
  NO_MONITOR,
  PLAIN_START,
  SCRAPED,
  SCRAPED_MEMORY,
} from './names.js'

const CONDITIONS = [NO_MONITOR, IDLE, SCRAPED] as const
type Condition = (typeof CONDITIONS)[number]

/** Rows in use, and keys that each of them has used. */
const THREADS = 64
const KEYS = 64
const SCRAPE_MS = 100
/** The number of windows for each condition, in one process. */
const WINDOWS = 3
/** A window has several scrapes. */
const WINDOW_SHARE = 10

const makeRows = () => makeThreads(scalars(KEYS), { living: THREADS - 1, maxThreads: THREADS })

/** Starts a client of a monitor, and waits for its first reading of `/metrics`. */
async function startClient(url: string, milliseconds: number): Promise<ChildProcess> {
  const args = [join(import.meta.dirname, 'client.js'), url, String(milliseconds)]
  const client = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(client.stdout, 'data')) as [Buffer]
  if (!line.toString().startsWith('200,')) throw new Error(`/metrics: ${line}`)
  return client
}

async function end(client: ChildProcess | undefined): Promise<void> {
  if (!client) return
  client.kill()
  await once(client, 'exit')
}

/** The time of one increment in a worker, while a monitor runs and is read, or not. */
export async function countInWorker(meter: Meter): Promise<void> {
  const { local } = makeRows()
  const before = totals(local).k0 as number
  const [control, report] = [new SharedArrayBuffer(4), new SharedArrayBuffer(8)]
  const workerData: ThreadData = { control, report }
  const worker = new Worker(new URL('./counting-thread.js', import.meta.url), { workerData })
  await once(worker, 'message')
  const made = new Float64Array(report)
  const windowMs = WINDOW_SHARE * meter.milliseconds
  const count = async (condition: Condition): Promise<number> => {
    const running = condition === NO_MONITOR ? undefined : await monitor({ port: 0 })
    const client = running && condition === SCRAPED ? await startClient(running.url, SCRAPE_MS) : undefined
    const [start, madeBefore] = [performance.now(), made[0] as number]
    // In a short window on a busy machine, the thread may get no processor.
    do await delay(windowMs)
    while (made[0] === madeBefore)
    const ns = ((performance.now() - start) * 1e6) / ((made[0] as number) - madeBefore)
    await end(client)
    await running?.stop()
    return ns
  }
  // The first window also compiles the loop.
  await count(NO_MONITOR)
  const samples = new Map(CONDITIONS.map(condition => [condition, [] as number[]]))
  for (let window = 0; window < WINDOWS; window++) {
    for (const condition of shuffle(CONDITIONS)) samples.get(condition)?.push(await count(condition))
  }
  Atomics.store(new Int32Array(control), 0, 1)
  await once(worker, 'exit')
  const counted = (totals(local).k0 as number) - before
  // Modulo 2³², because cells wrap there.
  if (((made[0] as number) - counted) % 2 ** 32 !== 0)
    throw new Error(`the worker counted ${counted} of ${made[0]} increments`)
  for (const [condition, ns] of samples) meter.record(condition, 'ns', ns)
}

/** The time from the start of a process to its first line, which the program writes once it has counted. */
export async function startProcess(meter: Meter): Promise<void> {
  const auto = import.meta.resolve('threadslots/monitor/auto')
  const app = join(import.meta.dirname, 'app.js')
  const commands = [
    { name: PLAIN_START, args: [app], times: [] as number[] },
    { name: MONITORED_START, args: ['--import', auto, app], times: [] as number[] },
  ]
  // Starts vary by a tenth, so it takes many of them.
  const endAt = performance.now() + 6 * meter.milliseconds
  for (let pass = 0; pass < 4 || performance.now() < endAt; pass++) {
    for (const { args, times } of shuffle(commands)) {
      const started = performance.now()
      const child = spawn(process.execPath, args, {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, THREADSLOTS_MONITOR: '0' },
      })
      const ended = once(child, 'exit')
      await once(child.stdout, 'data')
      times.push((performance.now() - started) * 1e6)
      const [code] = await ended
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
    }
  }
  // The first ones also read the files from the disk.
  for (const { name, times } of commands) meter.record(name, 'ns', times.slice(1))
}

/** By how much a monitor's thread makes the process grow. */
export async function measureMemory(meter: Meter): Promise<void> {
  makeRows()
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  const { url, stop } = await monitor({ port: 0 })
  meter.record(IDLE_MEMORY, 'bytes', [process.memoryUsage.rss() - before])
  const client = await startClient(url, SCRAPE_MS / 10)
  for (let readings = 1; readings < 100; readings++)
    await once(client.stdout as NodeJS.ReadableStream, 'data')
  meter.record(SCRAPED_MEMORY, 'bytes', [process.memoryUsage.rss() - before])
  await end(client)
  await stop()
}
