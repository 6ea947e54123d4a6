// The command's conclusions, from runs that are made up.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { comparePool } from './compare-pool.js'
import { REPEATS } from './comparison.js'
import type { Reading } from './readings.js'
import { detailsOf, isClean, tableOf, verdictOn } from './report.js'
import { OUTSIDE, type Outcome } from './test-results.js'

const READING: Reading = {
  all: { threads: 3, startedWorkers: 2, exits: 1, faults: 0, startMs: 3 },
  liveThreads: 2,
  retired: { threads: 1, running: 0 },
  wrongTitles: 0,
  lost: { threads: 0, keys: 0 },
  countedBefore: 3,
  begunAfter: 3,
}

/** The outcome of each test in the nth run with or without the package, counted from 0. */
type Script = { readonly [test: string]: (isLoaded: boolean, n: number) => Outcome }

/** Compares runs in which a file `<test>.ts` contains each test. Also returns which files ran, each time. */
async function compare(script: Script, readingIn: (n: number) => Reading | undefined = () => READING) {
  const ran: string[] = []
  const runs = { with: 0, without: 0 }
  const report = await comparePool(
    'pool 1.0',
    async (isLoaded, files) => {
      ran.push(files.join())
      const n = runs[isLoaded ? 'with' : 'without']++
      const results = Object.entries(script)
        .filter(([name]) => files.length === 0 || files.includes(`${name}.ts`))
        .map(([name, outcomeOf]) => {
          const file = name === OUTSIDE ? '' : `${name}.ts`
          return [name, { file, name, outcome: outcomeOf(isLoaded, n) }] as const
        })
      const reading = isLoaded ? readingIn(n) : undefined
      const readings = reading ? [reading] : []
      return { results: new Map(results), readings: { readings, unread: 0 }, output: '' }
    },
    () => {},
  )
  return { report, ran }
}

const always = (outcome: Outcome) => () => outcome

test('the same outcomes: nothing is repeated, and tests that fail anyway are listed', async () => {
  const { report, ran } = await compare({
    runs: always('passed'),
    'fails here': always('failed'),
    'is skipped': always('skipped'),
    [OUTSIDE]: always('passed'),
  })
  assert.equal(ran, ['', ''])
  assert.ok(isClean(report))
  assert.equal(report.without, { tests: 3, passed: 1, failed: 1, skipped: 1 })
  assert.equal(report.with, report.without)
  assert.match(
    detailsOf(report),
    /^with the package: workers that counted themselves: 2; threads that had retired before the end: 1;/,
  )
  assert.match(detailsOf(report), /^fail with and without the package \(1\):\n {2}fails here$/m)
  assert.match(tableOf([report]), /^pool 1\.0 +3 +1 +1 +1 +1 +0 +0$/m)
  assert.is(verdictOn([report]), 'The same tests pass with and without the package.')
})

test('a test that fails with the package is a difference, once its file has been repeated', async () => {
  const { report, ran } = await compare({
    runs: always('passed'),
    'sees the package': isLoaded => (isLoaded ? 'failed' : 'passed'),
  })
  assert.equal(ran, ['', '', ...Array(2 * REPEATS).fill('sees the package.ts')])
  assert.not.ok(isClean(report))
  assert.match(
    detailsOf(report),
    /^DIFFER \(1\):\n {2}sees the package: .* passed 5 of 5 times without the package, 0 of 5 with it$/m,
  )
  assert.match(verdictOn([report]), /^Tests that differ: 1\./)
})

test('a test that passes only with the package is a difference', async () => {
  const { report } = await compare({ 'needs the package': isLoaded => (isLoaded ? 'passed' : 'failed') })
  assert.not.ok(isClean(report))
})

test('a test that is missing with the package is a difference', async () => {
  const { report } = await compare({
    runs: always('passed'),
    vanishes: isLoaded => (isLoaded ? 'skipped' : 'passed'),
  })
  assert.not.ok(isClean(report))
})

test('a test that also fails now and then without the package is not a difference', async () => {
  const { report } = await compare({
    runs: always('passed'),
    'is slow': (isLoaded, n) => (n % 2 === (isLoaded ? 0 : 1) ? 'failed' : 'passed'),
  })
  assert.ok(isClean(report))
  assert.match(
    detailsOf(report),
    /by chance \(1\):\n {2}is slow: .* 2 of 5 times without the package, 3 of 5/,
  )
  assert.is(
    verdictOn([report]),
    'The same tests pass with and without the package, except by chance in 1 test.',
  )
})

test('an error outside of the tests has everything repeated', async () => {
  const { report, ran } = await compare({
    runs: always('passed'),
    [OUTSIDE]: isLoaded => (isLoaded ? 'failed' : 'passed'),
  })
  assert.equal(new Set(ran), new Set(['']))
  assert.not.ok(isClean(report))
  assert.is(report.with.tests, 1)
})

test('the same outcomes prove nothing if no thread counted itself', async () => {
  const { report } = await compare({ runs: always('passed') }, () => undefined)
  assert.not.ok(isClean(report))
  assert.equal(report.problems, ['no process loaded the package'])
  assert.match(verdictOn([report]), /Readings that can't be true: 1\.$/)
})

test('a file without workers may be repeated, but not with impossible readings', async () => {
  const isSlow = {
    'is slow': (isLoaded: boolean, n: number) => (isLoaded && n === 0 ? 'failed' : 'passed'),
  } as const
  const { report } = await compare(isSlow, n => (n === 0 ? READING : undefined))
  assert.ok(isClean(report))
  const impossible = await compare(isSlow, n => (n === 0 ? READING : { ...READING, wrongTitles: 1 }))
  assert.not.ok(isClean(impossible.report))
})

test.run()
