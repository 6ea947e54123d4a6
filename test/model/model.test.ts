// Random operations of many threads, in any order and cut off at any point, compared with a model of what they must do.
// The method is explained in harness/model.ts.
//
// SEED repeats a run. RUNS sets the number of lists of commands; by default, there are as many as the time allows. A
// failure is shrunk to the shortest list of commands that still fails.
import fc from 'fast-check'
import { nameThread, SlotTable } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { TEST_EFFORT } from '../support/effort.js'
import { settings } from '../support/settings.js'
import { command } from './harness/command-arbitraries.js'
import { compare, type Real } from './harness/compare.js'
import type { Model } from './harness/model.js'

const LIMIT_SECONDS = 10 * TEST_EFFORT
/** Shrinking mostly takes a few seconds. This leaves time to report the failure before the test runner's limit. */
const SHRINK_SECONDS = 120
const MAX_COMMANDS = 120
const seed = Number(settings.SEED ?? Date.now() % 2 ** 31)
const runs = settings.RUNS === undefined ? undefined : Number(settings.RUNS)

/** Small enough that rows, keys and bytes run out. */
const dimensions = fc.record({
  maxThreads: fc.integer({ min: 1, max: 6 }),
  rowBytes: fc.integer({ min: 1, max: 50 }).map(words => 8 * words),
  maxKeys: fc.integer({ min: 1, max: 17 }),
})

const counts = { runs: 0, commands: 0 }

test('a table holds what threads have acknowledged, whatever they do and wherever they crash', () => {
  const property = fc.property(
    dimensions,
    fc.commands([command], { maxCommands: MAX_COMMANDS, size: 'max' }),
    (dimensions, commands) => {
      counts.runs++
      const setup = () => {
        const model: Model = { dimensions, keys: [], threads: [], nextName: '' }
        nameThread('')
        const supervisor = SlotTable.create({ ...dimensions, threadId: 900_000, parentThreadId: -1 })
        const real: Real = { supervisor, threads: new Map() }
        compare(model, real)
        return { model, real }
      }
      fc.modelRun(setup, commands)
      for (const { hasRan } of commands as Iterable<{ readonly hasRan?: boolean }>)
        counts.commands += Number(hasRan)
    },
  )
  const found = fc.check(property, {
    seed,
    ...(runs === undefined
      ? { numRuns: 1_000_000, interruptAfterTimeLimit: 1000 * LIMIT_SECONDS }
      : { numRuns: runs }),
  })
  assert.ok(counts.runs > 0, 'there was no time for a single run')
  if (!found.failed) return
  // Repeat the run that failed in order to shrink it: the time limit of the first check ended its shrinking, too.
  const [path = ''] = (found.counterexamplePath ?? '').split(':')
  const details = fc.check(property, {
    seed,
    path,
    numRuns: 1,
    interruptAfterTimeLimit: 1000 * SHRINK_SECONDS,
  })
  const [dimensionsFound, commands] = details.counterexample ?? []
  const lines = [...(commands ?? [])].join('\n  ')
  assert.unreachable(
    `SEED=${seed}, run ${found.numRuns}, shrunk ${details.numShrinks} times: a table of ${JSON.stringify(dimensionsFound)}\n` +
      `  ${lines}\n${details.errorInstance}`,
  )
})

test.after(() => console.log(`seed ${seed}: ${counts.runs} runs, ${counts.commands} commands`))
test.run()
