import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { missingIn, problemsOf, type Reading, sumsOf } from './readings.js'

/** A main thread and four workers, two of which have ended; a fifth one never loaded the package. */
const GOOD: Reading = {
  all: { threads: 5, startedWorkers: 5, exits: 2, faults: 0, startMs: 5 },
  liveThreads: 3,
  retired: { threads: 2, running: 0 },
  wrongTitles: 0,
  lost: { threads: 0, keys: 0 },
  countedBefore: 5,
  begunAfter: 5,
}

const problemsWith = (change: Partial<Reading>) =>
  problemsOf({ readings: [GOOD, { ...GOOD, ...change }], unread: 0 })

test('plausible readings have no problem, and add up', () => {
  const run = { readings: [GOOD, GOOD], unread: 1 }
  assert.equal(problemsOf(run), [])
  assert.equal(sumsOf(run), { processes: 2, unread: 1, startedWorkers: 10, workers: 8, retired: 4 })
})

test('a run in which nothing was loaded lacks something', () => {
  const alone = { ...GOOD, all: { ...GOOD.all, threads: 1 } }
  const noneEnded = { ...GOOD, retired: { threads: 0, running: 0 } }
  const missingFrom = (...readings: Reading[]) => missingIn({ readings, unread: 0 })
  assert.is(missingFrom(), 'no process loaded the package')
  assert.is(missingFrom(alone), 'no worker loaded the package')
  assert.is(missingFrom(noneEnded), 'no thread retired')
  assert.is(missingFrom(alone, GOOD), undefined)
})

test('threads that are counting themselves are no problem', () => {
  assert.equal(problemsWith({ countedBefore: 4, begunAfter: 7 }), [])
})

for (const [what, change, problem] of [
  ['lost', { countedBefore: 6, begunAfter: 6 }, /^the table counts 5 threads, but 6 of 6 had counted/],
  ['counted twice', { countedBefore: 3, begunAfter: 4 }, /^the table counts 5 threads, but 3 of 4 had/],
  ['live and retired', { liveThreads: 4 }, /^2 retired and 4 live threads, but 5 in all$/],
  ['dead but running', { retired: { threads: 2, running: 1 } }, /^1 dead threads are running$/],
  ['retired unseen', { all: { ...GOOD.all, exits: 1 } }, /^2 threads retired, but 1 ended$/],
  ['given a wrong value', { all: { ...GOOD.all, faults: 1 } }, /^1 values weren't what/],
  ['given a wrong text', { wrongTitles: 1 }, /^1 texts weren't what/],
  ['without room', { lost: { threads: 1, keys: 0 } }, /^no room for 1 threads and 0 keys$/],
  ['not in the histogram', { all: { ...GOOD.all, startMs: 4 } }, /^a histogram has 4 values, but 5 of 5/],
] as const) {
  test(`a thread that was ${what} is a problem`, () => {
    const [first] = problemsWith(change)
    assert.match(first ?? '', problem)
  })
}

test.run()
