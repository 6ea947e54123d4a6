// A chaos run: several lanes start one thread after the other, and see each of them dead; a reader reads all the while.
import { setTimeout as delay } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { SlotTable, setDefaultTable } from 'threadslots'
import { heldIn, rowsUsed } from '../../support/table-usage.js'
import { gone, randomFrom, start } from '../../support/workers/run.js'
import {
  chooseDeath,
  type Death,
  FALLS,
  isTerminated,
  makeCells,
  makePlace,
  makesKeys,
  mayHaveWorkers,
  type Orders,
  READINGS,
  STOP,
  THREAD,
} from './deaths.js'
import { Epoch, type Findings } from './epoch.js'
import { Ledger } from './ledger.js'
import { define } from './model.js'
import type { Report } from './report.js'

/** Lines of threads that live at the same time. */
const LANES = 6
/** The longest line of a thread, its worker, and its worker's worker. */
const MAX_LINE = 3
/** With the main thread and the reader. */
const MAX_THREADS = LANES * MAX_LINE + 2
const MAX_STEPS = 100_000
const MAX_MS = 40
/** A thread that is not dead by then hangs. */
const LIMIT_MS = 60_000
const MAX_PROBLEMS = 20

const DIMENSIONS = { maxThreads: MAX_THREADS, rowBytes: 256, maxKeys: 16 }

export interface Plan {
  readonly seconds: number
  readonly deaths: number
  readonly seed: number
  readonly ways: readonly Death[]
  /** Aborted: ends early. */
  readonly signal?: AbortSignal
}

// No more rows than threads can live at once: where one leaks, a later thread finds none.
const table = SlotTable.create(DIMENSIONS)

/** Once in a process at a time. */
export async function storm(plan: Plan, show: (report: Report) => void = () => {}): Promise<Report> {
  setDefaultTable(table)
  return new Storm(plan).run(show)
}

class Storm {
  readonly #plan: Plan
  readonly #random: () => number
  readonly #ledger = new Ledger(define())
  readonly #cells = makeCells()
  readonly #reader = start('../../chaos/harness/reader.js', this.#cells)
  readonly #started = performance.now()
  readonly #deaths = new Map<Death, number>()
  readonly #problems: string[] = []
  /** Of the tables in which keys are made. */
  readonly #findings: Findings = {
    tables: 0,
    keys: 0,
    lost: 0,
    extra: 0,
    leakedRows: 0,
    leakedRecords: 0,
    problems: this.#problems,
  }
  readonly #open: Epoch[] = []
  #lives = 0
  #threads = 0
  #increments = 0

  constructor(plan: Plan) {
    this.#plan = plan
    this.#random = randomFrom(plan.seed)
    this.#reader.on('message', (problem: string) => problem && this.#problems.push(problem))
    this.#reader.on('error', error => this.#problems.push(`the reader: ${error}`))
  }

  async run(show: (report: Report) => void): Promise<Report> {
    // Its first message: it has its row.
    await new Promise(resolve => this.#reader.once('message', resolve))
    const held = heldIn(table, DIMENSIONS)
    const ticker = setInterval(() => show(this.#report()), 100)
    const over = gone(this.#reader)
    try {
      await Promise.all(Array.from({ length: LANES }, () => this.#lane()))
    } finally {
      clearInterval(ticker)
      Atomics.store(this.#cells, STOP, 1)
    }
    await over
    for (const epoch of this.#open) epoch.close(`seed ${this.#plan.seed}`)
    await delay(0)
    this.#ledger.close()
    const left = heldIn(table, DIMENSIONS)
    // The reader has ended by now.
    return this.#report(left.rows - (held.rows - 1), left.records - held.records)
  }

  get #isOver(): boolean {
    const { seconds, deaths, signal } = this.#plan
    const isLate = performance.now() - this.#started >= 1000 * seconds
    const problems = this.#problems.length + this.#ledger.problems.length
    return isLate || this.#lives >= deaths || signal?.aborted === true || problems >= MAX_PROBLEMS
  }

  async #lane(): Promise<void> {
    while (!this.#isOver) await this.#live(++this.#lives, chooseDeath(this.#plan.ways, this.#random))
  }

  /** A thread's life, and that of its workers, from the first to the last moment. */
  async #live(life: number, death: Death): Promise<void> {
    const dice = (below: number) => Math.floor(this.#random() * below)
    const seed = `life ${life}, seed ${this.#plan.seed}`
    const epoch = makesKeys(death) ? this.#epoch() : undefined
    const keys = isTerminated(death) ? Number.POSITIVE_INFINITY : dice(50)
    const hasWorkers = death === 'terminated with workers below' || (mayHaveWorkers(death) && dice(6) === 0)
    const orders: Orders = {
      death,
      places: Array.from({ length: hasWorkers ? 2 + dice(MAX_LINE - 1) : 1 }, makePlace),
      steps: isTerminated(death) ? Number.POSITIVE_INFINITY : dice(MAX_STEPS),
      epoch: epoch?.enter(`of ${life}`, keys, 1 + dice(4)),
    }
    const worker = start('../../chaos/harness/worker.js', orders, death === 'ran out of memory' ? TIGHT : {})
    const end = gone(worker)
    const limit = setTimeout(() => {
      this.#problems.push(`a thread (${death}) was not dead after ${LIMIT_MS / 1000} s; ${seed}`)
      void worker.terminate()
    }, LIMIT_MS)
    if (isTerminated(death)) await this.#terminate(worker, death, end)
    const thrown = await end
    clearTimeout(limit)
    if (!isExpected(death, thrown)) this.#problems.push(`a thread (${death}) threw ${thrown}; ${seed}`)
    // Callbacks that tell of deaths come after exit listeners.
    await delay(0)
    this.#settle(orders, epoch, seed)
  }

  async #terminate(worker: Worker, death: Death, end: Promise<unknown>): Promise<void> {
    // A third dies at once, a third soon.
    const ms = this.#random() * ([0, 3, MAX_MS][Math.floor(this.#random() * 3)] as number)
    // Some of them before they have begun.
    const isEarly = death === 'terminated at the start' && this.#random() < 0.3
    if (!isEarly) await Promise.race([new Promise(resolve => worker.once('message', resolve)), end])
    if (ms > 0) await delay(ms)
    await worker.terminate()
  }

  #settle({ death, places }: Orders, epoch: Epoch | undefined, seed: string): void {
    const isBefore = (place: Int32Array) => Atomics.load(place, THREAD) === 0
    this.#threads += places.filter(place => !isBefore(place)).length
    this.#deaths.set(death, (this.#deaths.get(death) ?? 0) + 1)
    places.forEach((place, i) => {
      // Its workers die with it, wherever they are.
      const its = i === 0 ? death : 'terminated with workers below'
      this.#increments += this.#ledger.settle(place, its, seed)
    })
    if (epoch) this.#increments += epoch.leave(places[0] as Int32Array, death)
    for (const open of this.#open.filter(({ isFull, isIdle }) => isFull && isIdle)) {
      this.#open.splice(this.#open.indexOf(open), 1)
      open.close(seed)
    }
  }

  /** Where keys are made now. */
  #epoch(): Epoch {
    const last = this.#open.at(-1)
    if (last && !last.isFull) return last
    const epoch = new Epoch(LANES, this.#findings)
    this.#open.push(epoch)
    this.#reader.postMessage(epoch.table.buffer)
    return epoch
  }

  #report(leakedRows = 0, leakedRecords = 0): Report {
    const { lost, extra, missed, problems } = this.#ledger
    const { tables, keys, ...found } = this.#findings
    return {
      seconds: (performance.now() - this.#started) / 1000,
      seed: this.#plan.seed,
      deaths: new Map(this.#deaths),
      threads: this.#threads,
      rowsUsed: rowsUsed(table),
      rows: MAX_THREADS,
      keys: keys + table.keys().length,
      tables: tables + 1,
      increments: this.#increments,
      readings: Atomics.load(this.#cells, READINGS),
      falls: Atomics.load(this.#cells, FALLS),
      lost: lost + found.lost,
      extra: extra + found.extra,
      missed,
      leakedRows: leakedRows + found.leakedRows,
      leakedRecords: leakedRecords + found.leakedRecords,
      problems: [...found.problems, ...problems],
    }
  }
}

const TIGHT = { resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 2 } }

const isExpected = (death: Death, thrown: unknown): boolean => {
  if (death === 'threw') return (thrown as Error | undefined)?.message === 'as it was told'
  if (death !== 'ran out of memory') return thrown === undefined
  return (thrown as { code?: string } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY'
}
