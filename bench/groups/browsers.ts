/*
 * An increment in the workers of browsers and, with the same code, in those of this runtime. This module
 * measures this runtime; scenario-in-browser.ts measures a browser.
 */
import { ENGINES, missing } from '../../tools/browsers/programs.js'
import type { Group } from '../harness/group.js'
import type { Meter } from '../harness/meter.js'
import { measureRound } from '../harness/page/increments.js'

export const group: Group = {
  name: 'browsers',
  question: 'What does an increment cost in each browser, in a worker?',
  inBrowsers: true,
  scenarios: [{ table: 'increment', column: 'time', measure }],
}

async function measure(meter: Meter): Promise<void> {
  const reasons = ENGINES.map(engine => ({ engine, reason: missing(engine) }))
  for (const { engine, reason } of reasons) if (reason !== undefined) meter.omit(engine, reason)
  // Without a browser to compare with, the other groups measure this runtime better.
  if (reasons.every(({ reason }) => reason !== undefined)) return
  const { measurements, omissions } = await measureRound(meter.milliseconds)
  meter.measurements.push(...measurements)
  meter.omissions.push(...omissions)
}
