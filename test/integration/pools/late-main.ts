// A program whose pool runs tasks before its main thread imports the definition. It prints what the main thread reads, and
// which warnings it has got by then.
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Task } from './task.js'
import { createRecords } from './task-records.js'

const TASKS = 4
const THREADS = 2
/** By then, an idle thread of piscina or tinypool blocks in `Atomics.wait`. */
const IDLE_MS = 50

type Run = (task: Task) => PromiseLike<unknown>
const urlOf = (file: string) => new URL(file, import.meta.url)

/** Opens a pool, and returns the function that runs a task. */
const openPool: { readonly [library: string]: () => Promise<Run> } = {
  piscina: async () => {
    const { Piscina } = await import('piscina')
    const filename = urlOf('default-export-task.js').href
    const pool = new Piscina<Task>({ filename, minThreads: THREADS, maxThreads: THREADS })
    return task => pool.run(task)
  },
  tinypool: async () => {
    const { Tinypool } = await import('tinypool')
    const filename = urlOf('default-export-task.js').href
    const pool = new Tinypool({ filename, minThreads: THREADS, maxThreads: THREADS })
    return task => pool.run(task)
  },
  workerpool: async () => {
    const { default: workerpool } = await import('workerpool')
    const file = fileURLToPath(urlOf('workerpool-task.js'))
    const pool = workerpool.pool(file, { maxWorkers: THREADS, workerType: 'thread' })
    return task => Promise.resolve(pool.exec('doTask', [task]))
  },
  poolifier: async () => {
    const { FixedThreadPool } = await import('poolifier')
    const pool = new FixedThreadPool<Task>(THREADS, fileURLToPath(urlOf('poolifier-task.js')))
    return task => pool.execute(task)
  },
  threads: async () => {
    // @ts-expect-error: threads declares no types for ES modules.
    const { Pool, spawn, Worker } = await import('threads')
    const pool = Pool(() => spawn(new Worker('./threads-task.js')), THREADS)
    return task => pool.queue((doTask: Run) => doTask(task))
  },
}

const warnings: { code?: string; message: string }[] = []
process.on('warning', ({ code, message }: Error & { code?: string }) =>
  warnings.push({ ...(code !== undefined && { code }), message }),
)
const run = (await openPool[process.argv[2] ?? '']?.()) as Run
const records = createRecords(TASKS)
const tasks = Array.from({ length: TASKS }, (_, number): Task => ({ number, ending: 'returns', records }))
await Promise.all(tasks.map(run))
await setTimeout(IDLE_MS)

const { counts } = await import('./counts.js')
const warningsBefore = warnings.length
const { totals } = await import('threadslots')
const read = totals(counts).tasks
process.stdout.write(JSON.stringify({ read, warningsBefore, warnings }), () => process.exit())
