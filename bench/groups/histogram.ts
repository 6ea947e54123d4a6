/*
 * Distributions: recording a value, and reading a percentile.
 */
import {
  hdrHistogram,
  nodeHistogram,
  prometheusHistogram,
  promHistogram,
  type Recorder,
  slotHistogram,
  slotIncrement,
  TOLERANCE,
  VALUES,
} from '../contenders/histograms.js'
import type { Group } from '../harness/group.js'

const PERCENTILE = 99
/** A reading takes dozens of microseconds until it is compiled, which takes thousands of calls. */
const WARM_UP_CALLS = 20_000

export const group: Group = {
  name: 'histogram',
  question: 'What does it cost to record a value in a histogram, and to read a percentile?',
  scenarios: [
    {
      table: 'time for one',
      column: 'value recorded',
      async measure(meter) {
        const makers = [
          slotIncrement,
          slotHistogram,
          nodeHistogram,
          hdrHistogram,
          promHistogram,
          prometheusHistogram,
        ]
        const recorders = await meter.makeAvailable<Recorder, void>(makers, undefined)
        meter.race(
          recorders.map(({ name, reset, record, count }) => ({
            name,
            prepare: reset,
            run: record,
            result: count,
          })),
        )
      },
    },
    {
      table: 'time for one',
      column: `p${PERCENTILE} read`,
      async measure(meter) {
        const recorders = await meter.makeAvailable<Recorder, void>(
          [slotHistogram, nodeHistogram, hdrHistogram],
          undefined,
        )
        const exact = VALUES.toSorted()[Math.ceil((PERCENTILE / 100) * VALUES.length) - 1] as number
        meter.race(
          recorders.map(({ name, record, percentile = () => Number.NaN }) => {
            record(VALUES.length)
            let last = Number.NaN
            for (let i = 0; i < WARM_UP_CALLS; i++) last = percentile(PERCENTILE)
            return {
              name,
              run(times: number) {
                for (let i = 0; i < times; i++) last = percentile(PERCENTILE)
                return last
              },
              // 1 if the percentile is exact to the promised digits.
              result: () => Number(Math.abs(last / exact - 1) <= TOLERANCE),
            }
          }),
          1,
        )
      },
    },
  ],
}
