/*
 * How many tasks a pool runs per second while one thread keeps it busy.
 */
import { availableParallelism } from 'node:os'
import { totals } from 'threadslots'
import type { Meter } from '../../harness/meter.js'
import { shuffle } from '../../harness/shuffle.js'
import { compute, inputOf, SEEDS } from './computation.js'
import { counts } from './counts.js'
import { openPool, type Pool } from './libraries.js'
import {
  BY_COUNTING,
  BY_SIZE,
  HAVE_SWITCH,
  NO_POOL,
  NOTHING,
  ONE_AT_A_TIME,
  OUTSTANDING,
  OWN,
  type PoolName,
  SIZES,
  type Size,
  SLOTS,
} from './names.js'

/** The submitting thread needs a processor too, so on two of them the threads take turns. */
export const THREADS: number = Math.min(availableParallelism(), 4)
/** Windows of time for each size, in one process. */
const WINDOWS = 3
/** Shorter and more windows for each way to count, because these are compared with each other. */
const SHORT_WINDOWS = 12
const SHORT_SHARE = 1 / 3
/** Before these come half as many, in which V8 compiles. */
const WARM_UP_SHARE = 1 / 2

type Run = (input: number) => PromiseLike<number> | number

interface Window {
  readonly tasks: number
  readonly tasksPerSecond: number
  /** Nanoseconds of all threads for each task, also those of garbage collectors and compilers. */
  readonly processorTime: number
}

/** Tasks, and what is expected of them. */
interface Work {
  readonly inputs: readonly number[]
  readonly results: readonly number[]
  readonly outstanding: number
}

/** Tasks of all sizes in one pool. */
export async function measureThroughput(meter: Meter, name: PoolName): Promise<void> {
  const pool = await openPool[name]({ threads: THREADS, task: 'plain' })
  await measureSizes(meter, name, input => pool.run(input))
  await pool.close()
}

/** The same tasks in the thread that submits them elsewhere. */
export const measureWithoutPool = (meter: Meter): Promise<void> => measureSizes(meter, NO_POOL, compute)

async function measureSizes(meter: Meter, contender: string, run: Run): Promise<void> {
  const sizes = Object.keys(SIZES) as Size[]
  const works = new Map([
    ...sizes.map((size): [string, Work] => [size, workOf(size)]),
    [ONE_AT_A_TIME, workOf('empty', 1)],
  ])
  const windows = await alternate([...works.keys()], WINDOWS, column =>
    measureWindow(run, works.get(column) as Work, meter.milliseconds),
  )
  recordWindows(meter, BY_SIZE, contender, windows)
}

/** Empty tasks without statistics, with those of the pool, and with tasks that count in slots. */
export async function measureStatistics(meter: Meter, name: PoolName): Promise<void> {
  const hasSwitch = HAVE_SWITCH.includes(name)
  const options = { threads: THREADS, ...(hasSwitch && { statistics: false }) }
  const pools = new Map<string, Pool>([[NOTHING, await openPool[name]({ ...options, task: 'plain' })]])
  if (hasSwitch) pools.set(OWN, await openPool[name]({ ...options, task: 'plain', statistics: true }))
  // The statistics of this pool are slots themselves.
  if (name !== 'SlotPool') pools.set(SLOTS, await openPool[name]({ ...options, task: 'counting' }))

  const work = workOf('empty')
  let counted = 0
  const windows = await alternate([...pools.keys()], SHORT_WINDOWS, async variant => {
    const pool = pools.get(variant) as Pool
    const window = await measureWindow(input => pool.run(input), work, SHORT_SHARE * meter.milliseconds)
    if (variant === SLOTS) counted += window.tasks
    return window
  })
  recordWindows(meter, BY_COUNTING, name, windows)
  await Promise.all([...pools.values()].map(pool => pool.close()))
  const { done, ms } = totals(counts)
  if (done !== counted || ms.count !== counted)
    throw new Error(`slots counted ${done} and recorded ${ms.count} of ${counted} tasks`)
}

function workOf(size: Size, outstanding = OUTSTANDING): Work {
  const inputs = Array.from({ length: SEEDS }, (_, seed) => inputOf(SIZES[size], seed))
  return { inputs, results: inputs.map(compute), outstanding }
}

/** Measures each of several things several times, in random order. */
async function alternate<K>(
  things: readonly K[],
  times: number,
  measure: (thing: K) => Promise<Window>,
): Promise<ReadonlyMap<K, readonly Window[]>> {
  const windows = new Map(things.map(thing => [thing, [] as Window[]]))
  for (let pass = -Math.ceil(WARM_UP_SHARE * times); pass < times; pass++) {
    for (const thing of shuffle(things)) {
      const window = await measure(thing)
      if (pass >= 0) windows.get(thing)?.push(window)
    }
  }
  return windows
}

/** Keeps tasks outstanding for a while, and checks each result. */
async function measureWindow(
  run: Run,
  { inputs, results, outstanding }: Work,
  milliseconds: number,
): Promise<Window> {
  let tasks = 0
  const started = performance.now()
  const processorBefore = process.cpuUsage()
  const submit = async (seed: number) => {
    const [input, expected] = [inputs[seed] as number, results[seed] as number]
    do {
      const result = await run(input)
      if (result !== expected) throw new Error(`the task ${input} has the result ${result}, not ${expected}`)
      tasks++
    } while (performance.now() < started + milliseconds)
  }
  await Promise.all(Array.from({ length: outstanding }, (_, i) => submit(i % SEEDS)))
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(processorBefore)
  return { tasks, tasksPerSecond: tasks / seconds, processorTime: ((user + system) * 1000) / tasks }
}

function recordWindows(
  meter: Meter,
  tables: { readonly rate: string; readonly processorTime: string },
  contender: string,
  windows: ReadonlyMap<string, readonly Window[]>,
): void {
  for (const [column, taken] of windows) {
    const rates = taken.map(({ tasksPerSecond }) => tasksPerSecond)
    const times = taken.map(({ processorTime }) => processorTime)
    meter.record(contender, 'per s', rates, { table: tables.rate, column })
    meter.record(contender, 'ns', times, { table: tables.processorTime, column })
  }
}
