/*
 * An increment in browsers, beside this runtime: the same code, in workers of each. What of it is about this runtime is
 * here; in-browser.ts does the rest.
 */
import { ENGINES, missing } from '../../tools/browsers/programs.js'
import { measureRound } from '../contenders/browser/access.js'
import type { Group } from '../harness/group.js'
import type { Meter } from '../harness/meter.js'

export const group: Group = {
  name: 'browsers',
  question: 'What does an increment cost in each browser, in a worker?',
  inBrowsers: true,
  scenarios: [{ table: 'increment', column: 'time', measure }],
}

async function measure(meter: Meter): Promise<void> {
  const reasons = ENGINES.map(engine => ({ engine, reason: missing(engine) }))
  for (const { engine, reason } of reasons) if (reason !== undefined) meter.omit(engine, reason)
  // Alone, this runtime is measured better by the other groups.
  if (reasons.every(({ reason }) => reason !== undefined)) return
  const { measurements, omissions } = await measureRound(meter.milliseconds)
  meter.measurements.push(...measurements)
  meter.omissions.push(...omissions)
}
