/*
 * Contenders become samples: in one process, one after the other, in shuffled order, timed by tinybench.
 */
import { Bench } from 'tinybench'
import { call } from './call.js'
import { ascending, median } from './statistics.js'

/** One way to do something. */
export interface Contender {
  readonly name: string
  /** Does it so often. What it returns, or leaves in memory, depends on all that was done: nothing can be left out. */
  run(times: number): unknown
  /** Not timed, before each `run`. */
  prepare?(times: number): void
  /** What `run` came to. All contenders of a race come to the same; NaN is out of competition. */
  result?(): number
}

/** What a figure counts: time for one operation, bytes of memory, operations of all threads, or just things. */
export type Unit = 'ns' | 'bytes' | 'per s' | 'count'

/** One contender's samples in one process. */
export interface Measurement {
  readonly contender: string
  /** Its column, if that is not the scenario's. */
  readonly column?: string
  readonly unit: Unit
  /** Operations that each sample is the mean of. */
  readonly operations: number
  /** Ascending, each for one operation. */
  readonly samples: readonly number[]
}

/** A contender that does not run here, and why. */
export interface Omission {
  readonly contender: string
  readonly reason: string
}

/** The clock's own cost and resolution on a server, some 50 ns, are a thousandth of that. */
const LEAST_SAMPLE_MS = 0.05
/** Beyond that, a loop that takes no time does nothing. */
const MAX_OPERATIONS = 1e8
/** More than these say no more about a distribution. */
const MAX_SAMPLES = 250
/** Long enough for the compilers to be done with a loop; then as large a share of the time again. */
const WARM_UP_MS = 10
const WARM_UP_SHARE = 0.5

export class Meter {
  readonly measurements: Measurement[] = []
  readonly omissions: Omission[] = []
  /** How long each contender is timed. */
  readonly milliseconds: number
  /** How long a sample takes at least. */
  readonly leastSampleMs: number

  constructor(milliseconds: number, leastSampleMs: number = LEAST_SAMPLE_MS) {
    this.milliseconds = milliseconds
    this.leastSampleMs = leastSampleMs
  }

  /**
   * Times contenders against each other, after a check that they do the same. A sample is a batch of `leastOperations`
   * or more, in powers of ten, so that it takes `leastSampleMs` at least.
   * @throws {Error} if two contenders come to different results, or one can't be timed.
   */
  race(contenders: readonly Contender[], leastOperations = 1e4): void {
    // Whoever comes first finds the place empty.
    check(shuffle(contenders), leastOperations)
    for (const contender of shuffle(contenders)) this.#time(contender, leastOperations)
  }

  /**
   * The same for one contender of several that share a function: whichever runs first decides how that is compiled. So
   * each is timed in a process of its own, and the others run afterwards, to be compared.
   */
  timeAlone(contenders: readonly Contender[], name: string, leastOperations = 1e4): void {
    const contender = contenders.find(one => one.name === name)
    if (!contender) throw new Error(`no contender ${name}`)
    this.#time(contender, leastOperations)
    check(contenders, leastOperations)
  }

  #time(contender: Contender, leastOperations: number): void {
    let operations = batchOf(contender, leastOperations, this.leastSampleMs)
    let samples = sample(contender, operations, this.milliseconds)
    // Some compiler was not yet done with it when the batch was chosen.
    while (operations < MAX_OPERATIONS && (median(samples) * operations) / 1e6 < this.leastSampleMs) {
      operations *= 10
      samples = sample(contender, operations, this.milliseconds)
    }
    this.record(contender.name, 'ns', samples, { operations })
  }

  /** Takes what a group measured by other means. */
  record(
    contender: string,
    unit: Unit,
    samples: readonly number[],
    details: { readonly operations?: number; readonly column?: string } = {},
  ): void {
    this.measurements.push({ contender, unit, operations: 1, ...details, samples: thin(ascending(samples)) })
  }

  /** Notes that a contender is left out. */
  omit(contender: string, reason: string): void {
    this.omissions.push({ contender, reason })
  }

  /** What can be made of a type; what can't is left out, with the reason. */
  async available<T, A>(makers: readonly ((type: A) => T | Promise<T>)[], type: A): Promise<T[]> {
    const made: T[] = []
    for (const make of makers) {
      try {
        made.push(await make(type))
      } catch (error) {
        this.omit(make.name, String(error))
      }
    }
    return made
  }
}

function check(contenders: readonly Contender[], times: number): void {
  const results = contenders.map(contender => {
    contender.prepare?.(times)
    call(contender, times)
    return { name: contender.name, result: contender.result?.() ?? Number.NaN }
  })
  const [first, ...others] = results.filter(({ result }) => !Number.isNaN(result))
  for (const { name, result } of others) {
    if (first && result !== first.result) {
      throw new Error(
        `${name} comes to ${result}, and ${first.name} to ${first.result}: they don't do the same`,
      )
    }
  }
}

/** The smallest power of ten that takes long enough to be timed. */
function batchOf(contender: Contender, leastOperations: number, leastSampleMs: number): number {
  const time = (operations: number) => {
    contender.prepare?.(operations)
    const started = performance.now()
    call(contender, operations)
    return performance.now() - started
  }
  const warmUntil = performance.now() + WARM_UP_MS
  do time(leastOperations)
  while (performance.now() < warmUntil)
  let operations = leastOperations
  // The least of three: what else the machine does can make any one long.
  const leastTime = () => Math.min(time(operations), time(operations), time(operations))
  while (operations < MAX_OPERATIONS && leastTime() < leastSampleMs) operations *= 10
  return operations
}

/** Ascending, in ns for one operation. */
function sample(contender: Contender, operations: number, milliseconds: number): number[] {
  const bench = new Bench({
    time: milliseconds,
    iterations: 3,
    warmupTime: milliseconds * WARM_UP_SHARE,
    warmupIterations: 1,
    throws: true,
    retainSamples: true,
  })
  // Of tinybench's warnings, this one means that the clock saw nothing. The others come of samples that are all alike.
  let isBlind = false
  bench.addEventListener('warning', ({ reason }) => {
    isBlind ||= reason === 'zero-dominated'
  })
  const beforeEach = () => contender.prepare?.(operations)
  const fn = () => {
    call(contender, operations)
  }
  bench.add(contender.name, fn, { async: false, beforeEach })
  const { result } = bench.runSync()[0] as (typeof bench.tasks)[number]
  if (result.state !== 'completed' || isBlind) {
    throw new Error(`${contender.name} can't be timed: ${result.state}, ${operations} operations a sample`)
  }
  return (result.latency.samples as number[]).map(ms => (ms * 1e6) / operations)
}

/** Of many sorted samples, so many that are evenly spread. */
function thin(sorted: readonly number[]): readonly number[] {
  const { length } = sorted
  if (length <= MAX_SAMPLES) return sorted
  return Array.from(
    { length: MAX_SAMPLES },
    (_, i) => sorted[Math.floor(((i + 0.5) * length) / MAX_SAMPLES)] as number,
  )
}

/** In another order at each call. */
export function shuffle<T>(items: readonly T[]): T[] {
  return items
    .map(item => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}
