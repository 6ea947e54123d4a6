// The monitor's page: numbers and durations, the sentence at the top, and which threads the table shows.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { amount, duration, fullAmount, NO_VALUE, plural, timeOfDay } from '../../src/monitor/page/format.js'
import {
  comparableKeys,
  numberIn,
  selectThreads,
  type Thread,
  threadRate,
} from '../../src/monitor/page/thread-rows.js'
import { SILENT_MS, threadTitle, verdictOf } from '../../src/monitor/page/verdict.js'
import type { WireKey } from '../../src/monitor/wire.js'
import { readingAt, wireChild, wireKey } from '../support/wire-keys.js'

const thread = (threadId: number, details: Partial<Thread> = {}): Thread => ({
  threadId,
  state: 'running',
  unchangedMs: 0,
  values: {},
  ...details,
})

test('amounts have three digits, a prefix, and a short unit', () => {
  const cases: [value: number, unit: string | undefined, text: string][] = [
    [0, undefined, '0'],
    [12.345, undefined, '12.3'],
    [999.4, undefined, '999'],
    [1000, undefined, '1k'],
    [12_345, undefined, '12.3k'],
    [999_600, undefined, '1M'],
    [-2_000_000, undefined, '-2M'],
    [9.9e20, undefined, '990E'],
    [1e21, undefined, '1.00e+21'],
    [Infinity, undefined, '∞'],
    [-Infinity, undefined, '-∞'],
    [Number.NaN, 'bytes', NO_VALUE],
    [12, 'bytes', '12 B'],
    [12_345, 'bytes', '12.3 kB'],
    [0, 'seconds', '0 s'],
    [1234, 'milliseconds', '1.23 s'],
    [5, 'milliseconds', '5 ms'],
    [5, 'microseconds', '5 µs'],
    [500, 'nanoseconds', '500 ns'],
    [0.5, 'nanoseconds', '0.5 ns'],
    [12, 'percent', '12 %'],
    [0.5, 'ratio', '0.5'],
    [1200, '{request}', '1.2k request'],
    [3, 'sheep', '3 sheep'],
    [3, 'constructor', '3 constructor'],
  ]
  for (const [value, unit, text] of cases) assert.is(amount(value, unit), text)
})

test('full amounts have all digits, and the unit in words', () => {
  const cases: [value: number | bigint, unit: string | undefined, text: string][] = [
    [1_234_567, 'bytes', '1,234,567 bytes'],
    [1.23456, 'milliseconds', '1.235 milliseconds'],
    [2n ** 63n, undefined, '9,223,372,036,854,775,808'],
    [1e21, undefined, '1.000e+21'],
    [Infinity, undefined, '∞'],
    [-Infinity, '{request}', '-∞ request'],
    [Number.NaN, 'bytes', NO_VALUE],
  ]
  for (const [value, unit, text] of cases) assert.is(fullAmount(value, unit), text)
})

test('durations have their two largest units', () => {
  const cases: [ms: number, text: string][] = [
    [-5, '0 s'],
    [999, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min 0 s'],
    [3_599_999, '59 min 59 s'],
    [3_600_000, '1 h 0 min'],
    [86_399_999, '23 h 59 min'],
    [86_400_000, '1 d 0 h'],
    [1_000_000_000, '11 d 13 h'],
  ]
  for (const [ms, text] of cases) assert.is(duration(ms), text)
  assert.is(plural(1, 'thread'), '1 thread')
  assert.is(plural(1200, 'thread'), '1,200 threads')
  assert.match(timeOfDay(0), /^\d\d:\d\d:\d\d$/)
})

test('before the first reading, the page waits, and says whether anybody answers', () => {
  assert.is(verdictOf('connecting', undefined, 0).mood, 'connecting')
  assert.match(verdictOf('lost', undefined, 0).sentences[0] ?? '', 'Waiting')
  assert.match(verdictOf('ended', undefined, 0).sentences[0] ?? '', 'No process answers here')
})

test('a process is healthy, lost, ended, or silent', () => {
  const reading = readingAt(1, {}, { threads: [thread(0), thread(1, { state: 'busy' })] })
  const mood = (link: 'open' | 'lost' | 'ended', sinceMs: number) => verdictOf(link, reading, sinceMs).mood
  assert.is(mood('open', SILENT_MS - 1), 'healthy')
  assert.is(mood('open', SILENT_MS), 'silent')
  assert.is(mood('lost', SILENT_MS), 'lost')
  assert.is(mood('ended', 0), 'ended')
  const { sentences, news } = verdictOf('ended', reading, 0)
  assert.match(sentences[0] ?? '', /^The process has ended\. Last reading \d\d:\d\d:\d\d\.$/)
  assert.is(news, sentences[0])
  // What screen readers say mustn't change while nothing new happens.
  assert.is(verdictOf('open', reading, SILENT_MS).news, verdictOf('open', reading, 9 * SILENT_MS).news)
})

test('threads that are blocked or stuck are named, with what they are doing and for how long', () => {
  const threads = [
    thread(0, { state: 'blocked', blockedMs: 12_000 }),
    thread(2, {
      state: 'stuck',
      threadName: 'decoder 2',
      unchangedMs: 40_000,
      values: { file: 'file-92.txt', empty: '', count: 3, step: 'parsing' },
    }),
  ]
  const { mood, word, sentences, news } = verdictOf('open', readingAt(1, {}, { threads }), 0)
  assert.equal([mood, word], ['stuck', 'stuck'])
  assert.equal(sentences, [
    'The main thread has been blocked for 12 s.',
    'Worker 2 “decoder 2” has been stuck for 40 s in file-92.txt, parsing.',
  ])
  assert.is(news, 'The main thread is blocked. Worker 2 “decoder 2” is stuck.')
  assert.is(verdictOf('open', readingAt(1, {}, { threads: threads.slice(0, 1) }), 0).mood, 'blocked')
  assert.is(threadTitle(thread(7)), 'Worker 7')
})

test('three threads are named, and the others are counted', () => {
  const of = (count: number) => {
    const threads = Array.from({ length: count }, (_, i) => thread(i, { state: 'blocked' }))
    return verdictOf('open', readingAt(1, {}, { threads }), 0).sentences
  }
  assert.is(of(3).length, 3)
  assert.is(of(3)[2], 'Worker 2 has been blocked for 0 s.')
  assert.is(of(4)[3], '1 more thread is blocked or stuck.')
  assert.is(of(9)[3], '6 more threads are blocked or stuck.')
})

test('threads are found by id, name, state and text; those that are not well come first', () => {
  const threads = [
    thread(0),
    thread(1, { threadName: 'Decoder', state: 'busy' }),
    thread(2, { state: 'stuck' }),
    thread(12, { values: { file: 'a.txt', count: 5 }, state: 'blocked' }),
  ]
  const ids = (filter: string) => selectThreads(threads, filter).map(({ threadId }) => threadId)
  assert.equal(ids(''), [2, 12, 0, 1])
  assert.equal(ids(' DECODER '), [1])
  assert.equal(ids('2'), [2, 12])
  assert.equal(ids('stuck'), [2])
  assert.equal(ids('A.TXT'), [12])
  assert.equal(ids('nothing'), [])
})

test('threads are compared by numbers, and by how many values histograms have', () => {
  const [count, ms] = [wireKey('count'), wireKey('ms', { type: 'u32', length: 9, histogram: 3 })]
  const gauge = wireKey('gauge', { type: 'u32', fold: 'none' })
  const others: WireKey[] = [
    wireKey('text', { type: 'text', length: 9, fold: 'none' }),
    wireKey('vector', { type: 'u32', length: 3 }),
    wireChild('r', 'GET'),
  ]
  assert.equal(comparableKeys([count, ms, gauge, ...others]), [count, ms, gauge])
  const before = thread(1, { values: { count: 5, ms: { count: 10 }, gauge: 1 } })
  const now = thread(1, { values: { count: 9, ms: { count: 16 }, gauge: 2 } })
  assert.equal(
    [count, ms, gauge].map(key => numberIn(now, key)),
    [9, 16, 2],
  )
  assert.is(numberIn(thread(1), ms), undefined)
  assert.equal(
    [count, ms, gauge].map(key => threadRate(now, key, before, 2)),
    [2, 3, undefined],
  )
  assert.is(threadRate(now, count, undefined, 2), undefined, 'its first reading')
  assert.is(threadRate(now, count, thread(1), 2), undefined, 'it had no such value')
  assert.is(threadRate(now, count, before, Number.NaN), undefined)
  assert.is(threadRate(before, count, now, 2), undefined, 'it fell')
})

test.run()
