// A short chaos run, and its command line. `npm run chaos` makes a long one. The method is explained in
// harness/chaos-run.ts. SEED sets the seed of its random choices.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { testMemoryExhaustion, testTermination } from '../../tools/testing/skip.js'
import { endAll } from '../support/workers.js'
import { HELP, parsePlan } from './harness/arguments.js'
import { runChaos } from './harness/chaos-run.js'
import { DEATHS, type Death } from './harness/deaths.js'
import { deathsOf, isClean, tableOf } from './harness/report.js'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
const OUT_OF_MEMORY: Death = 'ran out of memory'

async function assertNothingLost(ways: readonly Death[], deaths: number): Promise<void> {
  const report = await runChaos({ seconds: 300, deaths, seed, ways })
  assert.ok(isClean(report), tableOf(report))
  assert.is(deathsOf(report), deaths)
  assert.ok(report.readings > 0 && report.threads > 0, tableOf(report))
  if (ways.length > 1) assert.ok(report.increments > 0 && report.tables > 1, tableOf(report))
}

testTermination('threads that die in all ways, at random instants, lose nothing', () =>
  assertNothingLost(
    DEATHS.filter(death => death !== OUT_OF_MEMORY),
    60,
  ),
)

testMemoryExhaustion('threads that run out of memory lose nothing', () =>
  assertNothingLost([OUT_OF_MEMORY], 6),
)

const refusals: [args: string[], message: RegExp][] = [
  [['--seconds', '0'], /--seconds takes a number above 0, got '0'/],
  [['--minutes', 'ten'], /--minutes takes a number above 0, got 'ten'/],
  [['--minutes', '1', '--seconds', '1'], /--seconds and --minutes/],
  [['--deaths', '1.5'], /--deaths takes a whole number from 1, got '1.5'/],
  [['--deaths'], /--deaths takes a whole number from 1, got nothing/],
  [['--seed', '-1'], /--seed/],
  [['--fast'], /unknown option --fast/],
  [['5'], /got 1: 5/],
]
for (const [args, message] of refusals) {
  test(`${args.join(' ')} is refused with a helpful message`, () => {
    assert.throws(
      () => parsePlan(args),
      (error: Error) => message.test(error.message),
    )
  })
}

test('a chaos run takes a minute by default, and as long as its options say', () => {
  assert.is(parsePlan([])?.seconds, 60)
  assert.is(parsePlan(['--minutes', '0.5'])?.seconds, 30)
  assert.is(parsePlan(['--seconds', '4', '--deaths', '9'])?.deaths, 9)
  assert.is(parsePlan(['--seed', '7'])?.seed, 7)
  assert.is(parsePlan(['--help']), undefined)
  for (const option of ['--seconds', '--minutes', '--deaths', '--seed']) assert.ok(HELP.includes(option))
})

test.after.each(endAll)
test.run()
