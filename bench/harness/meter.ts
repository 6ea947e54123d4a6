/*
 * Times contenders in this process, one after the other, in random order, with tinybench.
 */
import { Bench } from 'tinybench'
import { runLoop } from './run-loop.js'
import { shuffle } from './shuffle.js'
import { ascending, median } from './statistics.js'

/** One of the ways to do something that a scenario compares. */
export interface Contender {
  readonly name: string
  /**
   * Does it this many times. What it returns or leaves in memory must depend on every repetition, so that no
   * compiler can leave any out.
   */
  run(times: number): unknown
  /** Called before each `run`; not timed. */
  prepare?(times: number): void
  /** What the last `run` resulted in. It has to be the same for all contenders of a race; NaN is exempt. */
  result?(): number
}

/**
 * The unit of a figure: time for one operation, bytes of memory, operations of all threads per second, or a
 * number.
 */
export type Unit = 'ns' | 'bytes' | 'per s' | 'count'

/** One contender's samples in one process. */
export interface Measurement {
  readonly contender: string
  /** Its table and its column there, if they differ from the scenario's. */
  readonly table?: string
  readonly column?: string
  readonly unit: Unit
  /** Each sample is the mean of this many operations. */
  readonly operations: number
  /** In ascending order, each for one operation. */
  readonly samples: readonly number[]
  /** Present if the figure is about all of the distribution: then there is every sample, and the figure has percentiles. */
  readonly isDistribution?: true
}

/** A contender that can't run here, and why. */
export interface Omission {
  readonly contender: string
  readonly reason: string
}

/** A thousand times the cost and the resolution of the clock, some 50 ns on servers. */
const MIN_SAMPLE_MS = 0.05
/** A loop that takes no time for this many operations does nothing. */
const MAX_OPERATIONS = 1e8
/** More samples would say no more about the distribution. */
const MAX_SAMPLES = 250
/** Long enough for the compilers to finish a loop. */
const WARM_UP_MS = 10
/** tinybench warms up again, for this share of the measuring time. */
const WARM_UP_SHARE = 0.5

export class Meter {
  readonly measurements: Measurement[] = []
  readonly omissions: Omission[] = []
  /** How long each contender is timed. */
  readonly milliseconds: number
  /** Each sample takes at least this long. */
  readonly minSampleMs: number

  constructor(milliseconds: number, minSampleMs: number = MIN_SAMPLE_MS) {
    this.milliseconds = milliseconds
    this.minSampleMs = minSampleMs
  }

  /**
   * Times contenders against each other, after checking that they have equal results. A sample is a batch of
   * `minOperations` operations, multiplied by ten until the batch takes at least `minSampleMs`.
   * @throws {Error} if two contenders have different results, or one can't be timed.
   */
  race(contenders: readonly Contender[], minOperations = 1e4): void {
    // In random order here too, so that no contender is always the one that runs first.
    check(shuffle(contenders), minOperations)
    for (const contender of shuffle(contenders)) this.#time(contender, minOperations)
  }

  /**
   * Times one of several contenders that share a function. The first one to run decides how the shared
   * function is compiled, so each is timed in a process of its own, and the others run afterwards, only to
   * compare results.
   */
  timeAlone(contenders: readonly Contender[], name: string, minOperations = 1e4): void {
    const contender = contenders.find(one => one.name === name)
    if (!contender) throw new Error(`no contender ${name}`)
    this.#time(contender, minOperations)
    check(contenders, minOperations)
  }

  #time(contender: Contender, minOperations: number): void {
    let operations = batchSize(contender, minOperations, this.minSampleMs)
    let samples = takeSamples(contender, operations, this.milliseconds)
    // The batch was too small if a compiler had not finished the loop when the size was chosen.
    while (operations < MAX_OPERATIONS && (median(samples) * operations) / 1e6 < this.minSampleMs) {
      operations *= 10
      samples = takeSamples(contender, operations, this.milliseconds)
    }
    this.record(contender.name, 'ns', samples, { operations })
  }

  /** Adds samples that a scenario has taken itself. */
  record(
    contender: string,
    unit: Unit,
    samples: readonly number[],
    details: Partial<Pick<Measurement, 'operations' | 'table' | 'column' | 'isDistribution'>> = {},
  ): void {
    const sorted = ascending(samples)
    this.measurements.push({
      contender,
      unit,
      operations: 1,
      ...details,
      samples: details.isDistribution ? sorted : thinOut(sorted),
    })
  }

  /** Notes that a contender is left out, and why. */
  omit(contender: string, reason: string): void {
    this.omissions.push({ contender, reason })
  }

  /** Calls each of the makers. Those that throw are left out, with their error as the reason. */
  async makeAvailable<T, A>(makers: readonly ((argument: A) => T | Promise<T>)[], argument: A): Promise<T[]> {
    const made: T[] = []
    for (const make of makers) {
      try {
        made.push(await make(argument))
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
    runLoop(contender, times)
    return { name: contender.name, result: contender.result?.() ?? Number.NaN }
  })
  const [first, ...others] = results.filter(({ result }) => !Number.isNaN(result))
  for (const { name, result } of others) {
    if (first && result !== first.result) {
      throw new Error(
        `${name} has the result ${result}, but ${first.name} has ${first.result}: they don't do the same work`,
      )
    }
  }
}

/** The smallest power of ten times `minOperations` that takes long enough to be timed. */
function batchSize(contender: Contender, minOperations: number, minSampleMs: number): number {
  const time = (operations: number) => {
    contender.prepare?.(operations)
    const started = performance.now()
    runLoop(contender, operations)
    return performance.now() - started
  }
  const warmUntil = performance.now() + WARM_UP_MS
  do time(minOperations)
  while (performance.now() < warmUntil)
  let operations = minOperations
  // The least of three, because other work on this machine can make any single run long.
  const leastTime = () => Math.min(time(operations), time(operations), time(operations))
  while (operations < MAX_OPERATIONS && leastTime() < minSampleMs) operations *= 10
  return operations
}

/** Samples in ns for one operation, in ascending order. */
function takeSamples(contender: Contender, operations: number, milliseconds: number): number[] {
  const bench = new Bench({
    time: milliseconds,
    iterations: 3,
    warmupTime: milliseconds * WARM_UP_SHARE,
    warmupIterations: 1,
    throws: true,
    retainSamples: true,
  })
  // This warning of tinybench's means that most samples took no time by the clock. Its other warnings are
  // about samples that are all alike, which is fine here.
  let isTooShort = false
  bench.addEventListener('warning', ({ reason }) => {
    isTooShort ||= reason === 'zero-dominated'
  })
  const beforeEach = () => contender.prepare?.(operations)
  const fn = () => {
    runLoop(contender, operations)
  }
  bench.add(contender.name, fn, { async: false, beforeEach })
  const { result } = bench.runSync()[0] as (typeof bench.tasks)[number]
  if (result.state !== 'completed' || isTooShort) {
    throw new Error(`${contender.name} can't be timed: ${result.state}, ${operations} operations per sample`)
  }
  return (result.latency.samples as number[]).map(ms => (ms * 1e6) / operations)
}

/** At most MAX_SAMPLES of the sorted samples, evenly spread. */
function thinOut(sorted: readonly number[]): readonly number[] {
  const { length } = sorted
  if (length <= MAX_SAMPLES) return sorted
  return Array.from(
    { length: MAX_SAMPLES },
    (_, i) => sorted[Math.floor(((i + 0.5) * length) / MAX_SAMPLES)] as number,
  )
}
