/*
 * The method: real threads that die at random instants, and accounts that must balance to the last increment.
 *
 * The other proofs choose the instant of each death. A real `terminate()` strikes between any two machine instructions,
 * in threads that really run in parallel. So this runs thousands of real workers and kills them.
 *
 * - Several lanes each start one worker after the other, and wait for its death. Its orders (orders.ts) say in which of
 *   nine ways it dies (deaths.ts): it is terminated while counting or making keys, it throws, exits, runs out of memory …
 * - A worker counts in slots of all kinds (counted-values.ts, worker.ts), or makes keys in tables that exist for this
 *   (key-maker.ts, key-table.ts). After each step, it acknowledges the step in a word of shared memory that the main
 *   thread can read after the worker's death. A terminated worker may have done one step more than it acknowledged; no
 *   worker may have done one less.
 * - When a worker is dead, the ledger (ledger.ts) compares what it left with what it acknowledged. At the end, the totals
 *   of all dead threads must be the sum of what they left, and no row or key record may be owned by anybody.
 * - Meanwhile, a reader (reader.ts) reads totals, which must never go back.
 *
 * A run prints its seed, from which its random numbers follow: which deaths come, and after how many steps. Timing stays
 * the machine's, and with it which lane draws which number, and where exactly a thread is when it is terminated. So a
 * failure may take several runs with its seed to come again, or a longer one (`--minutes`).
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { SlotTable, setDefaultTable } from 'threadslots'
import { randomFrom } from '../../support/random.js'
import { rowsUsed, usageOf } from '../../support/table-usage.js'
import { endedAnyhow, start } from '../../support/workers.js'
import { defineCounters } from './counted-values.js'
import { chooseDeath, type Death, isTerminated, makesKeys, mayHaveWorkers } from './deaths.js'
import { type Findings, KeyTable } from './key-table.js'
import { Ledger } from './ledger.js'
import {
  createAcknowledgement,
  createReaderWords,
  FALLS,
  type Orders,
  READINGS,
  STOP,
  THREAD,
} from './orders.js'
import type { Report } from './report.js'

/** How many threads are started side by side. */
const LANES = 6
/** A thread, its worker, and its worker's worker. */
const MAX_FAMILY = 3
/** Including the main thread and the reader. */
const MAX_THREADS = LANES * MAX_FAMILY + 2
const MAX_STEPS = 100_000
/** A thread is terminated at most this long after it has begun to count. */
const MAX_DELAY_MS = 40
/** A thread that isn't dead by then hangs. */
const LIMIT_MS = 60_000
const MAX_PROBLEMS = 20

const DIMENSIONS = { maxThreads: MAX_THREADS, rowBytes: 256, maxKeys: 16 }

export interface Plan {
  readonly seconds: number
  readonly deaths: number
  readonly seed: number
  /** The ways to die that are chosen from. */
  readonly ways: readonly Death[]
  /** Ends the run early. */
  readonly signal?: AbortSignal
}

// There are only as many rows as threads can run at once, so if a row leaks, a later thread finds none.
const table = SlotTable.create(DIMENSIONS)

/** Makes a chaos run. There may be only one at a time in a process. */
export async function runChaos(plan: Plan, show: (report: Report) => void = () => {}): Promise<Report> {
  setDefaultTable(table)
  return new ChaosRun(plan).run(show)
}

class ChaosRun {
  readonly #plan: Plan
  readonly #random: () => number
  readonly #ledger = new Ledger(defineCounters())
  readonly #readerWords = createReaderWords()
  readonly #reader = start('../../chaos/harness/reader.js', this.#readerWords)
  readonly #startedAt = performance.now()
  readonly #deaths = new Map<Death, number>()
  readonly #problems: string[] = []
  /** What was found in the tables in which keys are made. */
  readonly #findings: Findings = {
    tables: 0,
    keys: 0,
    lost: 0,
    extra: 0,
    leakedRows: 0,
    leakedRecords: 0,
    problems: this.#problems,
  }
  /** The tables in which keys are made now. */
  readonly #keyTables: KeyTable[] = []
  /** How many threads the lanes have started. */
  #started = 0
  /** How many threads have begun to run, including workers of workers. */
  #threads = 0
  #increments = 0

  constructor(plan: Plan) {
    this.#plan = plan
    this.#random = randomFrom(plan.seed)
    this.#reader.on('message', (problem: string) => problem && this.#problems.push(problem))
    this.#reader.on('error', error => this.#problems.push(`the reader: ${error}`))
  }

  async run(show: (report: Report) => void): Promise<Report> {
    // The reader's first message says that it has its row.
    await new Promise(resolve => this.#reader.once('message', resolve))
    const ownedBefore = usageOf(table, DIMENSIONS)
    const ticker = setInterval(() => show(this.#report()), 100)
    const readerGone = endedAnyhow(this.#reader)
    try {
      await Promise.all(Array.from({ length: LANES }, () => this.#lane()))
    } finally {
      clearInterval(ticker)
      Atomics.store(this.#readerWords, STOP, 1)
    }
    await readerGone
    for (const keyTable of this.#keyTables) keyTable.close(`seed ${this.#plan.seed}`)
    await delay(0)
    this.#ledger.close()
    const ownedAfter = usageOf(table, DIMENSIONS)
    // The reader's row was owned before, and is free now.
    return this.#report(ownedAfter.rows - (ownedBefore.rows - 1), ownedAfter.records - ownedBefore.records)
  }

  get #isOver(): boolean {
    const { seconds, deaths, signal } = this.#plan
    const isTimeUp = performance.now() - this.#startedAt >= 1000 * seconds
    const problems = this.#problems.length + this.#ledger.problems.length
    return isTimeUp || this.#started >= deaths || signal?.aborted === true || problems >= MAX_PROBLEMS
  }

  async #lane(): Promise<void> {
    while (!this.#isOver) await this.#runThread(++this.#started, chooseDeath(this.#plan.ways, this.#random))
  }

  /** Starts a thread, waits until it is dead, and settles its accounts and those of its workers. */
  async #runThread(number: number, death: Death): Promise<void> {
    const dice = (below: number) => Math.floor(this.#random() * below)
    const seed = `worker ${number}, seed ${this.#plan.seed}`
    const keyTable = makesKeys(death) ? this.#currentKeyTable() : undefined
    const keys = isTerminated(death) ? Number.POSITIVE_INFINITY : dice(50)
    const hasWorkers =
      death === 'terminated with workers of its own' || (mayHaveWorkers(death) && dice(6) === 0)
    const orders: Orders = {
      death,
      acknowledgements: Array.from(
        { length: hasWorkers ? 2 + dice(MAX_FAMILY - 1) : 1 },
        createAcknowledgement,
      ),
      steps: isTerminated(death) ? Number.POSITIVE_INFINITY : dice(MAX_STEPS),
      keyMaking: keyTable?.enter(`of ${number}`, keys, 1 + dice(4)),
    }
    const worker = start(
      '../../chaos/harness/worker.js',
      orders,
      death === 'ran out of memory' ? SMALL_HEAP : {},
    )
    const whenGone = endedAnyhow(worker)
    const limit = setTimeout(() => {
      this.#problems.push(`a thread (${death}) was still running after ${LIMIT_MS / 1000} s; ${seed}`)
      void worker.terminate()
    }, LIMIT_MS)
    if (isTerminated(death)) await this.#terminate(worker, death, whenGone)
    const thrown = await whenGone
    clearTimeout(limit)
    if (!isExpected(death, thrown)) this.#problems.push(`a thread (${death}) threw ${thrown}; ${seed}`)
    // The callbacks of `onThreadExit` run after `exit` listeners.
    await delay(0)
    this.#settle(orders, keyTable, seed)
  }

  async #terminate(worker: Worker, death: Death, whenGone: Promise<unknown>): Promise<void> {
    // A third of them die at once, and a third soon.
    const ms = this.#random() * ([0, 3, MAX_DELAY_MS][Math.floor(this.#random() * 3)] as number)
    // Some of them die before they have begun to run.
    const isEarly = death === 'terminated at the start' && this.#random() < 0.3
    if (!isEarly) await Promise.race([new Promise(resolve => worker.once('message', resolve)), whenGone])
    if (ms > 0) await delay(ms)
    await worker.terminate()
  }

  #settle({ death, acknowledgements }: Orders, keyTable: KeyTable | undefined, seed: string): void {
    this.#threads += acknowledgements.filter(words => Atomics.load(words, THREAD) !== 0).length
    this.#deaths.set(death, (this.#deaths.get(death) ?? 0) + 1)
    acknowledgements.forEach((words, i) => {
      // A thread's workers are terminated when it dies.
      const itsDeath = i === 0 ? death : 'terminated with workers of its own'
      this.#increments += this.#ledger.settle(words, itsDeath, seed)
    })
    if (keyTable) this.#increments += keyTable.leave(acknowledgements[0] as Int32Array, death)
    for (const done of this.#keyTables.filter(({ isFull, isIdle }) => isFull && isIdle)) {
      this.#keyTables.splice(this.#keyTables.indexOf(done), 1)
      done.close(seed)
    }
  }

  /** The table in which the next thread makes keys. */
  #currentKeyTable(): KeyTable {
    const last = this.#keyTables.at(-1)
    if (last && !last.isFull) return last
    const keyTable = new KeyTable(LANES, this.#findings)
    this.#keyTables.push(keyTable)
    this.#reader.postMessage(keyTable.table.buffer)
    return keyTable
  }

  #report(leakedRows = 0, leakedRecords = 0): Report {
    const { lost, extra, misreported, problems } = this.#ledger
    const { tables, keys, ...found } = this.#findings
    return {
      seconds: (performance.now() - this.#startedAt) / 1000,
      seed: this.#plan.seed,
      deaths: new Map(this.#deaths),
      threads: this.#threads,
      rowsUsed: rowsUsed(table),
      rows: MAX_THREADS,
      keys: keys + table.keys().length,
      tables: tables + 1,
      increments: this.#increments,
      readings: Atomics.load(this.#readerWords, READINGS),
      falls: Atomics.load(this.#readerWords, FALLS),
      lost: lost + found.lost,
      extra: extra + found.extra,
      misreported,
      leakedRows: leakedRows + found.leakedRows,
      leakedRecords: leakedRecords + found.leakedRecords,
      problems: [...found.problems, ...problems],
    }
  }
}

const SMALL_HEAP = { resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 2 } }

const isExpected = (death: Death, thrown: unknown): boolean => {
  if (death === 'threw') return (thrown as Error | undefined)?.message === 'as ordered'
  if (death !== 'ran out of memory') return thrown === undefined
  return (thrown as { code?: string } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY'
}
