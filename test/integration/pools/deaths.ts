// Threads of a pool that die with a task, while others work.
import * as assert from 'uvu/assert'
import type { Desk } from './desk.js'
import type { Pool, PoolKind, Way } from './pool.js'
import type { Ending } from './task.js'
import { until, type WorkersSeen } from './workers-seen.js'

/** Where it happens. */
export interface Scene {
  readonly kind: PoolKind
  readonly seen: WorkersSeen
  readonly desk: Desk
  readonly threads: number
  /** The ways to die of threads whose task the pool never settled. */
  readonly neverAnswered: Set<Way>
}

/** Not all threads of a pool, since not every pool replaces them. */
const DEATHS = 2
/** To be sure that a thread goes on. */
const STEPS = 500_000
/** Enough for a thread that counts, too little for one that fills it. */
const TIGHT = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 2 }

const ENDINGS: { readonly [W in Way]: Ending } = {
  'throws outside of the task': 'throws outside',
  'calls process.exit': 'exits',
  'is terminated': 'stays',
  'is cancelled': 'stays',
  'runs out of memory': 'fills',
  'has its pool closed': 'stays',
}

/** Threads of one pool die in this way; returns how many. */
export async function withDeaths(
  { kind, seen, desk, threads, neverAnswered }: Scene,
  way: Way,
): Promise<number> {
  const pool = kind.open(threads, way === 'runs out of memory' ? TIGHT : undefined)
  await desk.work(pool, 4 * threads)
  for (let death = 0; death < DEATHS; death++) {
    const run = desk.submit(pool, ENDINGS[way])
    const beside = kind.losesWaiting ? undefined : desk.work(pool, 40)
    const threadId = await desk.begun(run)
    if (way === 'is terminated') await seen.running.get(threadId)?.terminate()
    if (way === 'is cancelled') run.cancel?.()
    await until(() => !seen.running.has(threadId), `the thread that ${way} has ended`)
    await beside
    await desk.work(pool, 20)
    if (run.isAnswered()) continue
    neverAnswered.add(way)
    // As a user's own time limit does.
    run.cancel?.()
  }
  await desk.close(pool)
  return DEATHS
}

/** The pool is closed while all its threads count; returns how many they are. */
export async function closeAtWork({ kind, desk, threads }: Scene): Promise<number> {
  const pool = kind.open(threads)
  const runs = Array.from({ length: threads }, () => desk.submit(pool, 'stays'))
  await Promise.all(runs.map(desk.begun))
  await desk.close(pool)
  return threads
}

/** What should have ended a thread does not: it runs, and others work, until it is terminated. */
export async function survive({ kind, seen, desk, threads }: Scene, way: Way): Promise<number> {
  const pool: Pool = kind.open(threads)
  const run = desk.submit(pool, ENDINGS[way])
  const threadId = await desk.begun(run)
  run.cancel?.()
  const before = desk.steps(run)
  if (!kind.losesWaiting) await desk.work(pool, 60)
  if (ENDINGS[way] === 'stays') await until(() => desk.steps(run) > before + STEPS, 'it goes on')
  const worker = seen.running.get(threadId)
  assert.ok(worker, 'it runs')
  await worker.terminate()
  await desk.close(pool)
  return 1
}
