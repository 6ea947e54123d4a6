// What must hold of a program whose main thread was blocked: what Prometheus had from the monitor's thread, and what it had from a
// server in the main thread.
import * as assert from 'uvu/assert'
import { seconds, significant, whole } from '../../../tools/format.js'
import { alignColumns } from '../../support/align-columns.js'
import type { Checklist } from './checklist.js'
import { BLOCKED_SCRAPE_MS, type BlockedResults, type ServerReading } from './measure-blocked.js'
import type { Sample } from './prometheus-server.js'

export function checkBlocked(checklist: Checklist, results: BlockedResults): void {
  const { block, trueSteps, monitor, mainThread, blockedSeconds, states } = results
  const intervals = Math.floor((block.to - block.from) / BLOCKED_SCRAPE_MS)
  const meanwhile = (samples: readonly Sample[]) => valuesIn(samples, block.from, block.to)

  checklist.check('while the main thread is blocked, each scrape of the monitor succeeds', () => {
    const up = meanwhile(monitor.up)
    assert.ok(up.length >= intervals - 1, `${up.length} scrapes`)
    assert.ok(
      up.every(value => value === 1),
      `up: ${up}`,
    )
  })
  checklist.check('each of them sees that a worker has counted on', () => {
    const values = meanwhile(monitor.steps)
    assert.is(values.length, meanwhile(monitor.up).length)
    assertRising(values)
  })
  checklist.check(
    'they see for how long the main thread is blocked, and that the other worker is stuck',
    () => {
      const values = meanwhile(blockedSeconds)
      // The first scrape may come while the event loop has only just stopped.
      assertRising(values.slice(1))
      assert.ok((values.at(-1) ?? 0) > (block.to - block.from) / 2000, `${values.at(-1)} s`)
      const counts = Object.fromEntries(states.map(({ labels, value }) => [labels.state, value]))
      assert.equal([counts.blocked, counts.stuck], [1, 1])
    },
  )
  checklist.check('the health says 503 and names both threads, and later only the one that is stuck', () => {
    const { healthMeanwhile, healthAfter } = results
    const named = ({ threads }: typeof healthAfter) =>
      threads.map(({ threadName, state }) => `${threadName} ${state}`)
    assert.equal([healthMeanwhile.status, named(healthMeanwhile)], [503, ['main blocked', 'hanging stuck']])
    assert.equal([healthAfter.status, named(healthAfter)], [503, ['hanging stuck']])
  })

  checklist.check('meanwhile, each scrape of prom-client in the main thread fails', () => {
    // Scrapes at the end of the block wait until it is over.
    const up = valuesIn(mainThread.up, block.from, block.to - BLOCKED_SCRAPE_MS)
    // One that reaches its time limit delays the next one.
    assert.ok(up.length >= intervals / 2, `${up.length} scrapes`)
    assert.ok(
      up.every(value => value === 0),
      `up: ${up}`,
    )
  })
  checklist.check('Prometheus loses its series, although the worker goes on counting', () => {
    assert.equal(mainThread.stepsMeanwhile, [])
    assert.is(monitor.stepsMeanwhile.length, 1)
  })
  checklist.check('after the block, both have all that was counted', () => {
    assert.equal(
      [monitor, mainThread].map(({ up }) => up.at(-1)?.value),
      [1, 1],
    )
    assert.equal(
      [monitor, mainThread].map(({ steps }) => steps.at(-1)?.value),
      [trueSteps, trueSteps],
    )
  })
}

export function blockedTable({ block, trueSteps, monitor, mainThread }: BlockedResults): string {
  const rowOf = (name: string, { up, durations, steps }: ServerReading) => {
    const inBlock = (samples: readonly Sample[]) => valuesIn(samples, block.from, block.to)
    const scrapes = inBlock(up)
    const times = inBlock(durations).sort((a, b) => a - b)
    const counts = inBlock(steps)
    return [
      name,
      whole(scrapes.length),
      whole(scrapes.filter(value => value === 0).length),
      duration(times[times.length >> 1]),
      duration(times.at(-1)),
      counts.length === 0 ? 'none' : whole(new Set(counts).size),
      whole(steps.at(-1)?.value ?? 0),
    ]
  }
  return alignColumns([
    [
      `blocked for ${seconds((block.to - block.from) / 1000)}`,
      ...['scrapes', 'failed', 'median', 'slowest', 'values seen', 'counter after'],
    ],
    ['what the worker did', '', '', '', '', '', whole(trueSteps)],
    rowOf('monitor', monitor),
    rowOf('prom-client', mainThread),
  ])
}

const duration = (value = 0): string => (value < 1 ? `${significant(value * 1000)} ms` : seconds(value))

/** The values of the scrapes that began between two times, in order. */
const valuesIn = (samples: readonly Sample[], from: number, to: number): number[] =>
  samples.filter(({ time }) => time > from && time < to).map(({ value }) => value)

function assertRising(values: readonly number[]) {
  assert.ok(values.length > 0)
  for (const [i, value] of values.entries()) {
    const next = values[i + 1]
    assert.ok(next === undefined || next > value, `${values}`)
  }
}
