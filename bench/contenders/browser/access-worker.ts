/*
 * One contender, in a worker that has run nothing else and ends afterwards.
 */
import { SlotTable, setDefaultTable } from 'threadslots'
import { answer } from '../../../examples/web/worker.js'
import { type Contender, Meter } from '../../harness/meter.js'
import type { ScenarioReport } from '../../report/results.js'
import { CONTENDERS, type Make } from './contenders.js'

export interface Question {
  readonly contender: string
  /** How long it is timed. */
  readonly milliseconds: number
}

/** Long enough for a scheduler's and a collector's disturbances to be a part of each sample, not all of a few. */
const LEAST_SAMPLE_MS = 2
/** So many steps of the clock make a sample, which is then right to 5 %: 20 µs in isolated pages, 1 ms in others. */
const LEAST_CLOCK_STEPS = 20
const CHECKED_TIMES = 12_345

answer(async ({ contender: name, milliseconds }: Question): Promise<ScenarioReport> => {
  // Of an id given by hand no lock is held, and nobody waits for one.
  setDefaultTable(SlotTable.create({ shared: 'SharedArrayBuffer' in globalThis, threadId: 1 }))
  const meter = new Meter(milliseconds, Math.max(LEAST_SAMPLE_MS, LEAST_CLOCK_STEPS * clockStepMs()))
  const [contender] = await meter.available([CONTENDERS.get(name) as Make], undefined)
  if (contender) {
    contender.prepare?.(CHECKED_TIMES)
    contender.run(CHECKED_TIMES)
    check(contender, CHECKED_TIMES)
    meter.race([{ ...contender, name }])
    // What was timed last did it as well: no compiler has left the loop out.
    check(contender, meter.measurements[0]?.operations)
  }
  const { measurements, omissions } = meter
  return { measurements, omissions: omissions.map(({ reason }) => ({ contender: name, reason })) }
})

function check({ name, result }: Contender, times: number | undefined): void {
  const value = result?.()
  if (value !== times) throw new Error(`${name} comes to ${value} after ${times} increments`)
}

/** From one value of the clock to the next: browsers make it coarse, some by themselves, some if they are told to. */
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
