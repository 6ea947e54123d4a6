/*
 * What one increment costs, measured by the same code in pages, in their workers, and on servers.
 *
 * What an engine learns of a place in the source it keeps for the whole thread, and a second contender finds it changed by
 * the first: timed in one worker, in shuffled order, `local.x++` of a u32 took 12 to 14 ns in Firefox, and 1 to 24 in
 * Chromium. So each is timed in a worker of its own, which is a fresh engine, started anew in each round: then it takes 0.8.
 */

import { ask } from '../../../examples/web/worker.js'
import { shuffle } from '../../harness/meter.js'
import { type ScenarioReport, summarise } from '../../report/results.js'
import type { Question } from './access-worker.js'
import { CONTENDERS } from './contenders.js'

export interface AccessFigure {
  readonly name: string
  /** For one increment: the median of all samples. NaN where it can't be done. */
  readonly nanoseconds: number
  /** How far the middle half of the samples lies from it, as a share of it. */
  readonly spread: number
  /** Why it can't be done here. */
  readonly reason?: string
}

const WORKER = new URL('access-worker.js', import.meta.url)
const ROUNDS = 3
const MILLISECONDS = 100

/**
 * All contenders, always in the same order. It takes some 8 seconds, in which the thread that calls it is free; several
 * times as long in pages that are not isolated, where clocks are coarse.
 * @param onProgress called after each of the measurements, with how many are done and how many there are.
 * @throws {Error} if a contender does not count what it should.
 */
export async function measureAccess(
  onProgress: (done: number, of: number) => void = () => {},
): Promise<AccessFigure[]> {
  const reports: ScenarioReport[] = []
  const perRound = CONTENDERS.size
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
  return [...CONTENDERS.keys()].map(name => {
    const figure = figures.find(({ contender }) => contender === name)
    if (figure) {
      const { median, low, high } = figure
      return { name, nanoseconds: median, spread: (high - low) / 2 / median }
    }
    const { reason = '' } = omissions.find(({ contender }) => contender === name) ?? {}
    return { name, nanoseconds: Number.NaN, spread: Number.NaN, reason }
  })
}

/** Each contender once, in shuffled order; reported in the order in which they are shown. */
export async function measureRound(
  milliseconds: number,
  onDone: (done: number) => void = () => {},
): Promise<ScenarioReport> {
  const names = [...CONTENDERS.keys()]
  const reports = new Map<string, ScenarioReport>()
  for (const contender of shuffle(names)) {
    const question: Question = { contender, milliseconds }
    reports.set(contender, await ask(WORKER, question))
    onDone(reports.size)
  }
  const inOrder = names.map(name => reports.get(name) as ScenarioReport)
  return {
    measurements: inOrder.flatMap(({ measurements }) => measurements),
    omissions: inOrder.flatMap(({ omissions }) => omissions),
  }
}
