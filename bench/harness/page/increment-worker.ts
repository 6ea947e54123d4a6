/*
 * Times one contender, in a worker that has run nothing else and ends afterwards.
 */
import { SlotTable, setDefaultTable } from 'threadslots'
import { INCREMENTS, type MakeContender } from '../../contenders/increments.js'
import { type Contender, Meter } from '../meter.js'
import type { ScenarioReport } from '../results.js'
import { answerQuestion } from './worker-question.js'

export interface Question {
  readonly contender: string
  /** How long it is timed. */
  readonly milliseconds: number
}

/**
 * Long enough that the scheduler and the garbage collector slow every sample a little, instead of a few
 * samples a lot.
 */
const MIN_SAMPLE_MS = 2
/** Makes a sample exact to 5 %. The clock's steps are 20 µs in isolated pages and 1 ms in others. */
const MIN_CLOCK_STEPS = 20
const CHECKED_TIMES = 12_345

answerQuestion(async ({ contender: name, milliseconds }: Question): Promise<ScenarioReport> => {
  // With an explicit thread id, the thread holds no lock, and we need not wait for one.
  setDefaultTable(SlotTable.create({ shared: 'SharedArrayBuffer' in globalThis, threadId: 1 }))
  const meter = new Meter(milliseconds, Math.max(MIN_SAMPLE_MS, MIN_CLOCK_STEPS * clockStepMs()))
  const [contender] = await meter.makeAvailable([INCREMENTS.get(name) as MakeContender], undefined)
  if (contender) {
    contender.prepare?.(CHECKED_TIMES)
    contender.run(CHECKED_TIMES)
    check(contender, CHECKED_TIMES)
    meter.race([{ ...contender, name }])
    // Checked again after the last timed batch: no compiler has removed the loop.
    check(contender, meter.measurements[0]?.operations)
  }
  const { measurements, omissions } = meter
  return { measurements, omissions: omissions.map(({ reason }) => ({ contender: name, reason })) }
})

function check({ name, result }: Contender, times: number | undefined): void {
  const value = result?.()
  if (value !== times) throw new Error(`${name} has the result ${value} after ${times} increments`)
}

/** The clock's smallest step. Browsers make their clocks coarse, some by default, some as an option. */
function clockStepMs(): number {
  let least = Infinity
  for (let i = 0; i < 5; i++) {
    const start = performance.now()
    let now = start
    while (now === start) now = performance.now()
    least = Math.min(least, now - start)
  }
  return least
}
