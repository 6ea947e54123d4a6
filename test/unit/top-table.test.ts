// The picture that threadslots/top draws: values as aligned text, and as much of the table as a window holds.
import { stripVTControlCharacters } from 'node:util'
import { SlotTable, threadLocal } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { top } from 'threadslots/top'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Column } from '../../src/top/column.js'
import { barChart, decimalsFor, fullNumber, shortNumber } from '../../src/top/format.js'
import { Terminal } from '../support/terminal.js'
import {
  cells,
  inColumns,
  jobs,
  KEY_COUNT,
  linesOf,
  manyKeys,
  setJobs,
  setValues,
  THREAD_COUNT,
  table,
  withManyThreads,
} from '../support/top-threads.js'
import { ask, endAll, message, start } from '../support/workers.js'

test.after.each(endAll)

test('rows: threads sorted by id, retired, total, per second; digits are aligned', async () => {
  for (const id of [7, 3]) setJobs(id, { done: 1000 * id, bytes: 1e9 + id, slowest: id / 4, depth: -id })
  table.release(3)
  setJobs(4, { done: 5 })
  setJobs(12, { done: 1_234_567, depth: 8 })
  const lines = await linesOf(jobs)
  for (const id of [4, 7, 12]) table.release(id)
  assert.match(lines[0] ?? '', /^jobs · 3 threads · 0\.\d s$/)
  assert.is(lines[1], '')
  assert.equal(lines.slice(2, 8), [
    '    thread       done          bytes  slowest  depth',
    '         4          5',
    '         7      7,000  1,000,000,007   1.7500     -7',
    '        12  1,234,567                              8',
    '   retired      3,000  1,000,000,003   0.7500',
    '     total  1,244,572  2,000,000,010   1.7500',
  ])
  assert.is(cells(lines[8])[0], 'per second')
  assert.is(lines.length, 9)
})

test('the last picture shows the rates of the whole time', async () => {
  const local = threadLocal('rates', { fast: 'u32', vector: { type: 'u32', length: 3 }, slow: 'f64' })
  const terminal = new Terminal()
  const stop = top(local, { stream: terminal, keys: false })
  assert.equal(cells((await terminal.lines()).at(-1)), ['per second'])
  local.fast = 1_000_000
  local.vector.set([0, 4, 8])
  await new Promise(resolve => setTimeout(resolve, 1100))
  stop()
  const [, fast = '', vector, slow] = cells((await terminal.lines()).at(-1))
  const rate = Number(fast.replaceAll(',', ''))
  // At least a second has passed. How much more depends on the machine.
  assert.ok(rate > 1000 && rate < 1_000_000, fast)
  assert.is(vector, '▁▅█')
  assert.is(slow, '0')
})

test('vectors are shown as bars, bytes as hexadecimal digits, texts as they are, unused minima and maxima as a dash', async () => {
  const local = threadLocal('kinds', {
    long: { type: 'i64', length: 40 },
    signed: { type: 'f64', length: 4 },
    text: { type: 'text', length: 20 },
    flags: { type: 'u8', length: 3 },
    hash: { type: 'u8', length: 20 },
    least: { type: 'i32', fold: 'min' },
    latest: { type: 'i64', fold: 'max' },
    big: 'u64',
    most: 'count',
  })
  local.long.set([1n, 7n, 0n], 0)
  local.long[39] = 2n
  local.signed.set([-7, 0, 7, Number.NaN])
  local.text = 'été 漢字'
  local.flags.set([1, 255, 7])
  local.hash.fill(171)
  local.big = 2n ** 63n + 1n
  local.most = 2 ** 53 - 1
  const lines = await linesOf(local, {}, 180)
  const bars = ['█▁▁▁▁▁▁▁▁▁▁▁▁▃', '▁▅█▅']
  assert.equal(cells(lines[3]), [
    '0',
    ...bars,
    'été 漢字',
    '01ff07',
    `${'ab'.repeat(12)}…`,
    '9,223,372,036,854,775,809',
    '9,007,199,254,740,991',
  ])
  assert.equal(cells(lines[5]), [
    'total',
    ...bars,
    '–',
    '–',
    '9,223,372,036,854,775,809',
    '9,007,199,254,740,991',
  ])
})

test('the largest of many numbers has the highest bar, and only 0 has the lowest', () => {
  // Rounding must not turn 7 × 1 into an 8th step.
  for (let largest = 0.1; largest < 1e6; largest *= 1.0137) {
    assert.is(barChart([0, largest / 1e9, largest]), '▁▂█')
  }
  assert.is(barChart([]), '')
  assert.is(barChart([0, 0]), '▁▁')
})

test('a histogram is shown as its median, its 99th percentile, and bars', () => {
  const table = SlotTable.create({ maxKeys: 1 })
  const latency = table.key('latency', histogram({ min: 1, max: 50_000, digits: 2 }))
  const none = table.fold(latency)
  const { value } = table.attach().slot(latency)
  for (let i = 0; i < 7; i++) value.record(1.25)
  value.record(33_100)
  const column = new Column(['latency', latency])
  assert.is(column.heading, 'latency p50 p99')
  assert.equal(column.texts([table.fold(latency), none], 7.25, false), ['1.242 33.02k █▁▁▁▁▁▁▁▂', '–', '7.3'])
  assert.equal(column.texts([], 0.0625, false), ['0.063'])
  assert.equal(column.texts([], 1234.5, false), ['1,235'])
})

test('numbers have all their digits if all columns fit, and are short otherwise', async () => {
  const cases: [value: number | bigint, short: string, full: string][] = [
    [0, '0', '0'],
    [9999, '9,999', '9,999'],
    [10_000, '10.00k', '10,000'],
    [-123_456, '-123.5k', '-123,456'],
    [999_999, '1000k', '999,999'],
    [2n ** 64n - 1n, '18.45E', '18,446,744,073,709,551,615'],
    [3e22, '3.0e+22', '3.000e+22'],
    [0.5, '0.5000', '0.50000'],
    [12.3456, '12.35', '12.346'],
    [1234.5, '1.234k', '1,234.5'],
    [1e-7, '1.0e-7', '1.000e-7'],
    [Number.NaN, '–', '–'],
    [Infinity, 'Infinity', '∞'],
  ]
  for (const [value, short, full] of cases) {
    assert.is(shortNumber(value), short)
    assert.is(fullNumber(value, decimalsFor([value])), full)
  }
  const local = threadLocal('wide', { first: 'f64', second: 'f64', third: 'f64' })
  Object.assign(local, { first: 1_234_567_890, second: 2_345_678_901, third: 3_456_789_012 })
  const total = async (columns: number) => cells((await linesOf(local, {}, columns)).at(-2))
  // A label, three columns of numbers, and the terminal's last column, which stays free.
  const needed = 10 + 3 * (2 + 13) + 1
  assert.equal(await total(needed), ['total', '1,234,567,890', '2,345,678,901', '3,456,789,012'])
  assert.equal(await total(needed - 1), ['total', '1.235G', '2.346G', '3.457G'])
})

test('names in any script are aligned, and no control character of theirs reaches the terminal', async () => {
  const schema = {
    漢字のキー: 'u32',
    '👍🏽 e\u0301': 'u32',
    ок: 'u32',
    'a\x1b[31m\n\u202e\x9bz': 'u32',
  } as const
  const local = threadLocal('\x1b]0;名\x07', schema)
  local.ок = 1
  const terminal = new Terminal()
  top(local, {
    keys: false,
    stream: terminal,
    header: () => 'head\x1b[2J',
    footer: () => ['foot\r', '\u2028'],
    columns: { ок: { format: () => 'for\nmat\x07', heading: '\x1b[1mOK' } },
  })()
  const lines = await terminal.lines()
  assert.match(lines[0] ?? '', /^\?\]0;名\? · /)
  assert.is(lines[1], 'head?[2J')
  assert.is(
    lines[3]?.normalize('NFD'),
    '    thread  漢字のキー  👍🏽 e\u0301    ?[1mOK  a?[31m???z'.normalize('NFD'),
  )
  assert.is(lines[4], '         0                    for?mat?')
  assert.equal(lines.slice(-2), ['foot?', '?'])
  // The control sequences that remain come from the redraw itself.
  const text = stripVTControlCharacters(terminal.written).replaceAll('\n', '')
  assert.not.match(text, /\p{Cc}|\u202e|\u2028/u)
})

test('a picture fits a window of any size, and counts the threads and columns that are hidden', () =>
  withManyThreads(async () => {
    const options = { header: (columns: number) => '='.repeat(columns), footer: () => ['one', 'two'] }
    for (const columns of [1, 2, 9, 10, 11, 12, 14, 20, 33, 50, 79, 80, 81, 140, 300]) {
      for (const rows of [1, 2, 3, 5, 8, 9, 10, 11, 14, 24, 49, 50, 51, 60]) {
        const lines = await linesOf(manyKeys, options, columns, rows)
        const size = `${columns}×${rows}:\n${lines.join('\n')}`
        // The cursor is in the line below, and nothing was scrolled out of the window.
        assert.ok(lines.length <= Math.max(1, rows - 1), size)
        for (const line of lines) assert.ok(inColumns(line).length <= Math.max(1, columns - 1), size)
        if (columns < 80) continue
        const threads = lines.filter(line => /^ +\d+ /.test(line)).length
        const hint = lines.find(line => /^(threads|columns) /.test(line)) ?? ''
        if (rows > 1)
          assert.ok(
            lines.some(line => /^ +total /.test(line)),
            size,
          )
        if (rows > 11) assert.ok(threads >= 3, size)
        if (rows > 3 && threads < THREAD_COUNT) {
          assert.match(hint, `threads ${threads > 0 ? `1–${threads}` : 'none'} of ${THREAD_COUNT}`, size)
        }
        // A window has enough rows if it holds 40 threads and 10 other lines, or 11 with a hint.
        assert.is(
          lines.includes('two') && threads === THREAD_COUNT,
          rows - 1 >= THREAD_COUNT + (hint ? 11 : 10),
          size,
        )
        if (rows > 3) assert.is(new RegExp(`columns 1–\\d+ of ${KEY_COUNT}`).test(hint), columns < 100, size)
      }
    }
  }))

test('columns can be hidden, renamed and formatted; title, header and footer are the program’s', async () => {
  jobs.bytes = 2_500_000
  jobs.depth = 3
  const lines = await linesOf(jobs, {
    title: () => 'My title',
    header: columns => `${columns} columns`,
    footer: () => ['one', 'two'],
    columns: {
      done: false,
      bytes: { heading: 'MB', format: bytes => (bytes / 1e6).toFixed(1) },
      slowest: false,
      depth: { align: 'left', format: depth => `level ${depth}` },
    },
  })
  assert.equal(lines.slice(0, 3), ['My title', '79 columns', ''])
  assert.equal(cells(lines[3]), ['thread', 'MB', 'depth'])
  assert.equal(cells(lines[4]), ['0', '2.5', 'level 3'])
  assert.equal(lines.slice(-3), ['', 'one', 'two'])
})

test('text is truncated in a narrow window, but not below twelve columns', async () => {
  const local = threadLocal('texts', { path: { type: 'text', length: 60 }, n: 'u32' })
  local.path = 'a/rather/long/path/to/some/file.txt'
  const path = async (columns: number) => cells((await linesOf(local, {}, columns))[3])[1]
  assert.is(await path(80), 'a/rather/long/path/to/some/file…')
  assert.is(await path(30), 'a/rather/long…')
  assert.is(await path(10 + 2 + 12 + 2 + 1 + 1), 'a/rather/lo…')
  assert.match((await linesOf(local, {}, 10 + 2 + 12 + 2 + 1)).at(-1) ?? '', 'columns 1–1 of 2')
})

test('texts of threads are aligned on the left, truncated between characters, and free of control characters', async () => {
  const schema = { file: { type: 'text', length: 200 }, n: 'count' } as const
  const local = threadLocal('files', schema)
  const files = ['short.txt', '漢字'.repeat(20), 'a\x1b[31m\nb', '']
  files.forEach((file, i) => {
    setValues(20 + i, 'files', schema, { file, n: 1 })
  })
  const lines = await linesOf(local, {}, 40)
  for (const [i] of files.entries()) table.release(20 + i)
  assert.equal(lines.slice(2), [
    '    thread  file                      n',
    '        20  short.txt                 1',
    '        21  漢字漢字漢字漢字漢字漢…   1',
    '        22  a?[31m?b                  1',
    '        23                            1',
    '   retired                            0',
    '     total                            4',
    'per second                            0',
  ])
})

test('threads are shown with their names, as far as the window has room', async () => {
  const local = threadLocal('named', { n: 'count' })
  const worker = async (name: string) => {
    const worker = start('follow-orders.js', { name: 'named', schema: { n: 'count' } })
    await message(worker)
    await ask(worker, { threadName: name, set: { n: 1 } })
  }
  local.n = 1
  await worker('decoder 2')
  await worker('漢字\n\x1b[31m')
  await worker('a name that is longer than a quarter of any window')
  // A table that releases threads doesn't know their ids.
  const shown = async (columns: number) =>
    (await linesOf(local, {}, columns)).slice(2).map(line => line.replace(/^ +\d+(?= {1,2}\D| +\d)/, 'id'))
  assert.equal(await shown(140), [
    '    thread                           n',
    'id                           1',
    'id decoder 2                 1',
    'id 漢字??[31m                1',
    'id a name that is longer t…  1',
    '   retired                           0',
    '     total                           4',
    'per second                           0',
  ])
  assert.equal(await shown(41), [
    '    thread             n',
    'id             1',
    'id decoder 2   1',
    'id 漢字??[31m  1',
    'id a name th…  1',
    '   retired             0',
    '     total             4',
    'per second             0',
  ])
})

test('keys of retire: false leave nothing in the row of dead threads, and have no rate', async () => {
  const schema = {
    done: 'count',
    inFlight: { type: 'i32', retire: false },
    busiest: { type: 'u32', fold: 'max', retire: false },
  } as const
  const local = threadLocal('in flight', schema)
  for (const id of [31, 32]) setValues(id, 'in flight', schema, { done: id, inFlight: 3, busiest: id })
  table.release(32)
  const lines = await linesOf(local)
  table.release(31)
  assert.equal(lines.slice(2, -1), [
    '    thread  done  inFlight  busiest',
    '        31    31         3       31',
    '   retired    32',
    '     total    63         3       31',
  ])
  assert.equal(cells(lines.at(-1)), ['per second', '0'])
})

test('headings end in the unit, unless the name does', async () => {
  const headings: [name: string, unit: string, heading: string][] = [
    ['slowest', 'milliseconds', 'slowest ms'],
    ['slowestMs', 'milliseconds', 'slowestMs'],
    ['wait_us', 'microseconds', 'wait_us'],
    ['wait', 'microseconds', 'wait µs'],
    ['bytes', 'bytes', 'bytes'],
    ['read', 'bytes', 'read B'],
    ['requests', '{request}', 'requests'],
    ['made', 'wid\ngets', 'made wid?gets'],
    ['odd', 'constructor', 'odd constructor'],
  ]
  const slots = SlotTable.create({ maxKeys: 16 })
  for (const [name, unit, heading] of headings) {
    const key = slots.key(name, { type: 'f64', unit })
    assert.is(new Column([name, key]).heading, heading)
    assert.is(new Column([name, key], { heading: 'mine' }).heading, 'mine')
  }
  const latency = slots.key('latency', histogram({ min: 1, max: 2, digits: 1, unit: 'milliseconds' }))
  assert.is(new Column(['latency', latency]).heading, 'latency ms p50 p99')
})

test('slots may be named like properties of every object, and not be used yet', async () => {
  const names = ['__proto__', 'constructor', 'toString'] as const
  const schema = Object.fromEntries([
    ...names.map(name => [name, 'count'] as const),
    ['valueOf', { type: 'u32', fold: 'none' } as const],
  ])
  const local = threadLocal('inherited', schema)
  setValues(33, 'inherited', schema, { constructor: 5 })
  const lines = await linesOf(local as never)
  table.release(33)
  assert.equal(lines.slice(2, -1), [
    '    thread  __proto__  constructor  toString  valueOf',
    '        33                       5',
    '   retired          0            0         0',
    '     total          0            5         0',
  ])
})

test.run()
