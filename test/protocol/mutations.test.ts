// Do the protocol's tests find faults? Plausible slips (harness/mutations.ts) are planted in copies of the library, one
// at a time, and a test file must fail on each copy. On the library as it is, the same files pass: `npm test` runs them too.
// One of them, the shortest, runs here on a copy without a fault as well, so that a failure is never the copying's doing.
//
// With a part of a mutation's name in the variable ONLY, only that one is planted.
import { rmSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { settings } from '../support/settings.js'
import { bundleFolder, mutatedSource, runOnMutant, type Verdict } from './harness/mutation-runner.js'
import { type Mutation, mutations } from './harness/mutations.js'
import { FOUND } from './harness/progress.js'
import { applyEdits } from './harness/source-edits.js'

const AT_ONCE = 2
/** The test file that runs on a copy without a fault. */
const SHORTEST: Mutation['foundBy'] = 'sums'

const chosen = Object.entries(mutations).filter(([name]) => name.includes(settings.ONLY ?? ''))

interface Run {
  readonly name: string
  readonly testFile: string
  readonly mutation?: Mutation
}

const runs: readonly Run[] = [
  { name: `no fault, ${SHORTEST}`, testFile: SHORTEST },
  ...chosen.map(([name, mutation]) => ({ name, testFile: mutation.foundBy, mutation })),
]

rmSync(bundleFolder, { recursive: true, force: true })
const verdicts = new Map<string, Verdict | Error>()
const waiting = [...runs]
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
      const { name, testFile, mutation } = run
      verdicts.set(name, await runOnMutant(testFile, name, mutation).catch((error: Error) => error))
      // The runner ends a test file that prints nothing for minutes.
      process.stdout.write('.')
    }
  }),
)
rmSync(bundleFolder, { recursive: true, force: true })

function verdictOf(name: string): Verdict {
  const verdict = verdicts.get(name)
  if (verdict === undefined || verdict instanceof Error) throw verdict
  return verdict
}

test('every mutation fits the source, and changes it', () => {
  const problems = Object.entries(mutations).flatMap(([name, mutation]) => {
    try {
      mutatedSource(mutation)
      return []
    } catch (error) {
      return [`${(error as Error).message} (mutation: ${name})`]
    }
  })
  assert.is(problems.join('\n'), '')
})

for (const { name, testFile, mutation } of runs) {
  if (mutation === undefined) {
    test(`a copy without a fault passes ${testFile}`, () => assert.is(verdictOf(name).failure, undefined))
    continue
  }
  test(`${testFile} finds: ${name}`, () => {
    const { failure, seconds } = verdictOf(name)
    assert.ok(failure, 'all tests passed')
    // A test has failed. A process that ended in another way, or code that can't even run, would prove nothing.
    assert.ok(failure.startsWith(FOUND), failure)
    assert.not.match(failure, /is not defined|is not a function|Cannot (read|set) properties/)
    console.log(`${name} (${seconds.toFixed(1)} s)\n  ${failure}`)
  })
}

const SOURCE = 'function add(a, b) {\n  const sum = a + b\n  log(sum)\n  return sum\n}\n'

test('an edit says which fragment does not occur, or occurs more than once', () => {
  assert.throws(() => applyEdits(SOURCE, [{ remove: 'a - b' }]), /the fragment 'a - b' doesn't occur/)
  assert.throws(() => applyEdits(SOURCE, [{ remove: 'sum' }]), /the fragment 'sum' occurs more than once/)
  assert.throws(
    () => applyEdits(SOURCE, [{ move: 'log(', before: 'print(' }]),
    /the fragment 'print\(' doesn't occur/,
  )
})

test('an edit uses no names that the source does not', () => {
  assert.throws(
    () => applyEdits(SOURCE, [{ replace: 'a + b', with: 'a + c' }]),
    /uses c, which the source doesn't/,
  )
})

test('edits replace fragments, and remove, move and insert whole statements', () => {
  const edits = { replace: /const (\w+) = a/, with: 'const $1 = b' }
  assert.is(applyEdits(SOURCE, [edits]), SOURCE.replace('a + b', 'b + b'))
  assert.is(applyEdits(SOURCE, [{ remove: 'log(' }]), SOURCE.replace('  log(sum)\n', ''))
  const moved = 'function add(a, b) {\n  const sum = a + b\n  return sum\n  log(sum)\n}\n'
  assert.is(applyEdits(SOURCE, [{ move: 'log(', behind: 'return sum' }]), moved)
  assert.is(applyEdits(SOURCE, [{ move: 'return  sum', before: 'log(' }]), moved)
  assert.is(
    applyEdits(SOURCE, [{ insert: '  log(a)', behind: 'a + b' }]),
    SOURCE.replace('  log(sum)\n', '  log(a)\n  log(sum)\n'),
  )
})

test.run()
