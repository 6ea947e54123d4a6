/*
 * Measures what one increment costs. The same code runs in pages, with their workers, and on servers. The
 * build also bundles it for pages: the benchmarks and examples/web load that bundle.
 *
 * Each contender is timed in a worker of its own, which is a fresh engine, and in a new one each round. An
 * engine keeps what it has learned about a place in the source for the whole thread, so contenders that share
 * a worker slow each other: timed in one worker, in random order, `local.x++` of a u32 took 12 to 14 ns in
 * Firefox and 1 to 24 ns in Chromium. It takes 0.8 ns alone.
 */
import { INCREMENTS } from '../../contenders/increments.js'
import type { ScenarioReport } from '../results.js'
import { shuffle } from '../shuffle.js'
import { summarise } from '../summarise.js'
import type { Question } from './increment-worker.js'
import { askWorker } from './worker-question.js'

export interface IncrementFigure {
  readonly name: string
  /** The median of all samples, for one increment. NaN if it can't be measured here. */
  readonly nanoseconds: number
  /** Half the distance between the quartiles, as a share of the median. */
  readonly spread: number
  /** Why it can't be measured here. */
  readonly reason?: string
}

const WORKER = new URL('increment-worker.js', import.meta.url)
const ROUNDS = 3
const MILLISECONDS = 100

/**
 * Measures all contenders; returns them in a fixed order. This takes about 8 seconds, in which the calling
 * thread is free, and several times as long in pages that are not isolated, whose clocks are coarse.
 * @param onProgress called after each measurement with the numbers of measurements done and to do.
 * @throws {Error} if a contender does not count what it should.
 */
export async function measureIncrements(
  onProgress: (done: number, of: number) => void = () => {},
): Promise<IncrementFigure[]> {
  const reports: ScenarioReport[] = []
  const perRound = INCREMENTS.size
  for (let round = 0; round < ROUNDS; round++) {
    const onDone = (done: number) => onProgress(round * perRound + done, ROUNDS * perRound)
    reports.push(await measureRound(MILLISECONDS, onDone))
  }
  const place = { group: '', table: '', column: '' }
  const figures = summarise(
    reports.flatMap(({ measurements }, round) =>
      measurements.map(measurement => ({ ...place, ...measurement, round })),
    ),
  )
  const omissions = reports.flatMap(({ omissions }) => omissions)
  return [...INCREMENTS.keys()].map(name => {
    const figure = figures.find(({ contender }) => contender === name)
    if (figure) {
      const { median, low, high } = figure
      return { name, nanoseconds: median, spread: (high - low) / 2 / median }
    }
    const { reason = '' } = omissions.find(({ contender }) => contender === name) ?? {}
    return { name, nanoseconds: Number.NaN, spread: Number.NaN, reason }
  })
}

/** Measures each contender once, in random order; reports them in a fixed order. */
export async function measureRound(
  milliseconds: number,
  onDone: (done: number) => void = () => {},
): Promise<ScenarioReport> {
  const names = [...INCREMENTS.keys()]
  const reports = new Map<string, ScenarioReport>()
  for (const contender of shuffle(names)) {
    const question: Question = { contender, milliseconds }
    reports.set(contender, await askWorker(WORKER, question))
    onDone(reports.size)
  }
  const inOrder = names.map(name => reports.get(name) as ScenarioReport)
  return {
    measurements: inOrder.flatMap(({ measurements }) => measurements),
    omissions: inOrder.flatMap(({ omissions }) => omissions),
  }
}
