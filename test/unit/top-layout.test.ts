// threadslots/top: which columns and lines a window shows, and how wide the columns are, at the limits of
// each rule.
import { type SlotSpec, SlotTable } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Column, type TopColumn } from '../../src/top/column.js'
import { fitColumns } from '../../src/top/fit-columns.js'
import { dropExcessLines, lineOf, visibleThreadCount } from '../../src/top/lines.js'
import type { NamedValues, TopReading } from '../../src/top/reading.js'
import { Table } from '../../src/top/table.js'

const slots = SlotTable.create({ maxKeys: 64 })
const columnOf = (name: string, spec: SlotSpec = 'f64', options: TopColumn<never> = {}): Column =>
  new Column([name, slots.key(name, spec)], options)
/** A column of numbers that is as wide as its heading. */
const columnOfWidth = (width: number): Column => columnOf('x'.repeat(width))

/** The index of the first visible column, and the widths of the visible ones. */
function fit(
  columns: readonly Column[],
  rows: readonly NamedValues[],
  first: number,
  room: number,
): number[] {
  const { first: start, fitted } = fitColumns(columns, rows, first, room)
  return [start, ...fitted.map(({ width }) => width)]
}

test('columns are scrolled no further than the last one needs to be visible', () => {
  // With its gap, each takes 2 more: 7, 8, 9 and 10.
  const columns = [5, 6, 7, 8].map(columnOfWidth)
  const cases: [room: number, first: number, expected: number[]][] = [
    [34, 0, [0, 5, 6, 7, 8]],
    [34, Infinity, [0, 5, 6, 7, 8]],
    [33, 0, [0, 5, 6, 7]],
    [33, 1, [1, 6, 7, 8]],
    [33, 2, [1, 6, 7, 8]],
    [33, Infinity, [1, 6, 7, 8]],
    [27, Infinity, [1, 6, 7, 8]],
    [26, 1, [1, 6, 7]],
    [26, Infinity, [2, 7, 8]],
    [19, Infinity, [2, 7, 8]],
    [18, 2, [2, 7]],
    [18, Infinity, [3, 8]],
    [10, Infinity, [3, 8]],
    // Not even the last column fits, so it is truncated.
    [9, Infinity, [3, 7]],
    [9, 3, [3, 7]],
    [3, Infinity, [3, 1]],
    [0, Infinity, [3, 1]],
    [0, 0, [0, 1]],
  ]
  for (const [room, first, expected] of cases) {
    assert.equal(fit(columns, [{}], first, room), expected, `${room} columns, from ${first}`)
  }
  assert.equal(fit([], [{}], Infinity, 10), [0])
})

test('numbers are shortened exactly when not all columns fit otherwise', () => {
  const columns = ['a', 'b'].map(name => columnOf(name))
  const rows = [{ a: 1_234_567, b: 7_654_321 }, {}]
  assert.equal(fit(columns, rows, 0, 22), [0, 9, 9])
  assert.equal(fit(columns, rows, 0, 21), [0, 6, 6])
})

test('text shrinks to 12 columns or to its heading, and takes at most 32 unless it comes last', () => {
  const long = { text: 'x'.repeat(40), last: 'y'.repeat(40) }
  const format = (text: string) => text
  const text = columnOf('text', 'f64', { align: 'left', format })
  const last = columnOf('last', 'f64', { align: 'left', format })
  const rows = [long, {}]
  const cases: [room: number, widths: number[]][] = [
    [200, [0, 32, 40]],
    [76, [0, 32, 40]],
    [75, [0, 32, 39]],
    [49, [0, 32, 13]],
    [48, [0, 32, 12]],
    [47, [0, 31, 12]],
    [28, [0, 12, 12]],
    [27, [0, 25]],
    [13, [0, 11]],
  ]
  for (const [room, widths] of cases) assert.equal(fit([text, last], rows, 0, room), widths, `${room}`)
  const headed = columnOf('headed', 'f64', { align: 'left', format, heading: 'h'.repeat(14) })
  assert.equal(fit([headed, columnOf('n')], [{ headed: 'x'.repeat(40), n: 1 }, {}], 0, 19), [0, 14, 1])
  assert.equal(fit([headed, columnOf('n')], [{ headed: 'x'.repeat(40), n: 1 }, {}], 0, 18), [0, 16])
  const short = columnOf('short', 'f64', { align: 'left', format })
  assert.equal(fit([short, columnOf('n')], [{ short: 'x', n: 1 }, {}], 0, 200), [0, 5, 1])
})

test('a column stays as wide as it was with the same kind of numbers, until its width is reset', () => {
  const column = columnOf('n')
  const widen = (value: number, isShort: boolean) => column.widen(column.texts([value], 0, isShort), isShort)
  assert.is(widen(1_234_567, false), 9)
  assert.is(widen(5, false), 9)
  assert.is(widen(5, true), 1)
  assert.is(widen(1_234_567, true), 6)
  assert.is(widen(5, true), 6)
  column.resetWidth()
  assert.is(widen(5, true), 1)
  assert.is(widen(5, false), 1)
})

test('minima and maxima that no thread has set are dashes, the same values of other folds are not', () => {
  const inits: [
    type: 'i32' | 'u32' | 'f64' | 'i64' | 'u64' | 'count',
    min: number | bigint,
    max: number | bigint,
  ][] = [
    ['i32', 2 ** 31 - 1, -(2 ** 31)],
    ['u32', 2 ** 32 - 1, 0],
    ['f64', Infinity, -Infinity],
    ['i64', 2n ** 63n - 1n, -(2n ** 63n)],
    ['u64', 2n ** 64n - 1n, 0n],
    ['count', 2 ** 53 - 1, 0],
  ]
  for (const [type, min, max] of inits) {
    const shown = (fold: 'min' | 'max' | 'sum', value: unknown) =>
      columnOf(`${type} ${fold}`, { type, fold }).texts([value], undefined, false)[0]
    assert.is(shown('min', min), '–', type)
    // 0 is a maximum like any other.
    assert.is(shown('max', max), Number(max) === 0 ? '0' : '–', type)
    assert.is.not(shown('sum', min), '–', type)
  }
})

test('slow rates have decimals: three below 1, one below 100', () => {
  const column = columnOf('rate')
  const cases: [rate: number, text: string][] = [
    [0, '0'],
    [0.25, '0.250'],
    [0.9996, '1.000'],
    [1, '1'],
    [1.25, '1.3'],
    [99.75, '99.8'],
    [100, '100'],
    [100.25, '100'],
    [-0.5, '-0.500'],
    [-99.5, '-99.5'],
  ]
  for (const [rate, text] of cases) assert.equal(column.texts([5], rate, false), ['5', text])
})

const readingOf = (threads: number, value: number): TopReading => ({
  seconds: 1,
  threads: Array.from({ length: threads }, (_, i) => ({ threadId: i + 1, done: value })),
  retired: { done: value },
  totals: { done: value },
  rates: { done: value },
})
const CAPTIONS = {
  title: 'title',
  header: ['header 1', 'header 2', 'header 3'],
  footer: ['footer 1', 'footer 2'],
}

/** The lines of a table of threads, each by its first words. */
function shownIn(rows: number, threads: number): string[] {
  const table = new Table([columnOf('done')], false)
  const lines = table.lines(readingOf(threads, 5), CAPTIONS, { columns: 80, rows })
  return lines.map(({ text }) => text.trim().split(/ {2,}/)[0] ?? '')
}

test('when rows run out, lines go in the order of their priority, and of equal ones the last goes first', () => {
  const all = [
    ...['title', 'header 1', 'header 2', 'header 3', ''],
    ...['thread', '1', '2', '3', 'retired', 'total', 'per second'],
    ...['', 'footer 1', 'footer 2'],
  ]
  // What each row less takes away: first the blank line at the end.
  const dropped = ['last blank', 'first blank', 'footer 2', 'footer 1', 'header 3', 'header 2', 'header 1']
  let expected = all
  assert.equal(shownIn(all.length, 3), expected)
  for (const [i, line] of dropped.entries()) {
    const place = line.endsWith('blank') ? expected.lastIndexOf('') : expected.lastIndexOf(line)
    expected = expected.toSpliced(place, 1)
    assert.equal(shownIn(all.length - 1 - i, 3), expected, `without ${line}`)
  }
  // From here on, threads give way, and a hint says so.
  const hint = (range: string) => `threads ${range} of 3`
  assert.equal(shownIn(7, 3), ['title', 'thread', '1', 'retired', 'total', 'per second', hint('1–1')])
  const none = hint('none')
  assert.equal(shownIn(6, 3), ['title', 'thread', 'retired', 'total', 'per second', none])
  assert.equal(shownIn(5, 3), ['title', 'thread', 'total', 'per second', none])
  assert.equal(shownIn(4, 3), ['thread', 'total', 'per second', none])
  assert.equal(shownIn(3, 3), ['thread', 'total', none])
  assert.equal(shownIn(2, 3), ['total', none])
  assert.equal(shownIn(1, 3), ['total'])
})

test('three threads are shown before headers and footers, more only after them', () => {
  // 6 lines of low priority, and 5 that are kept.
  const priorities = [5, 3, 3, 3, 1, 1, 2, 7, 4, 9, 6]
  const cases: [rows: number, threads: number, visible: number][] = [
    [20, 10, 9],
    [21, 10, 10],
    [22, 10, 10],
    [14, 10, 3],
    [15, 10, 4],
    [13, 10, 3],
    [8, 10, 3],
    [7, 10, 2],
    [5, 10, 0],
    [4, 10, 0],
    [7, 2, 2],
    [6, 2, 1],
    [11, 0, 0],
  ]
  for (const [rows, threads, visible] of cases) {
    assert.is(visibleThreadCount(priorities, threads, rows), visible, `${rows} rows, ${threads} threads`)
  }
})

test('the lines that are kept stay in their order', () => {
  const lines = [1, 3, 2, 3, 2].map((priority, i) => lineOf(`${i}`, 'reset', priority))
  const kept = (rows: number) => dropExcessLines(lines, rows).map(({ text }) => text)
  assert.equal(kept(6), ['0', '1', '2', '3', '4'])
  assert.equal(kept(5), ['0', '1', '2', '3', '4'])
  assert.equal(kept(4), ['1', '2', '3', '4'])
  assert.equal(kept(3), ['1', '2', '3'])
  assert.equal(kept(2), ['1', '3'])
  assert.equal(kept(1), ['1'])
  assert.equal(kept(0), [])
})

test('columns keep their width while the window keeps its columns, and are measured again after a resize', () => {
  const table = new Table([columnOf('done')], false)
  const captions = { title: '', header: [], footer: [] }
  const width = (value: number, columns: number, rows: number) => {
    const lines = table.lines(readingOf(1, value), captions, { columns, rows })
    return lines.find(({ text }) => text.includes('total'))?.text.length
  }
  const label = 'per second'.length + 2
  assert.is(width(1_234_567, 80, 24), label + 9)
  assert.is(width(5, 80, 24), label + 9)
  assert.is(width(5, 80, 23), label + 9)
  assert.is(width(5, 79, 23), label + 4)
  assert.is(width(5, 80, 23), label + 4)
})

test('what threads do stands behind their names, and takes its room from the columns', () => {
  const table = new Table([columnOf('done')], false)
  const captions = { title: '', header: [], footer: [] }
  const reading = readingOf(3, 5)
  const threads = reading.threads.map((thread, i) => ({
    ...thread,
    ...(i === 0 && { threadName: 'decoder' }),
  }))
  const lines = (states: TopReading['states'], columns = 80) =>
    table
      .lines({ ...reading, threads, ...(states && { states }) }, captions, { columns, rows: 24 })
      .map(({ text }) => text)
      .slice(2, 6)
  const states = new Map([
    [1, 'busy'],
    [2, 'stuck 10 s'],
    [3, ''],
  ])
  const shown = [
    '    thread                      done',
    '         1 decoder  busy           5',
    '         2          stuck 10 s     5',
    '         3                         5',
  ]
  assert.equal(lines(states), shown)
  // The column behind doesn't jump when a state becomes shorter, until the window is resized.
  assert.equal(lines(undefined), [
    '    thread                      done',
    ...shown.slice(1).map(line => line.replace(/busy |stuck 10 s/, text => ' '.repeat(text.length))),
  ])
  assert.equal(lines(undefined, 79), [
    '    thread          done',
    '         1 decoder     5',
    '         2             5',
    '         3             5',
  ])
  assert.equal(
    lines(states, 24).map(line => line.length <= 24),
    [true, true, true, true],
  )
})

test('the last thread and the last column are where scrolling ends', () => {
  const columns = [5, 6, 7, 8].map(columnOfWidth)
  const table = new Table(columns, true)
  const captions = { title: '', header: [], footer: [] }
  const size = { columns: 10 + 26, rows: 12 }
  const hint = () => table.lines(readingOf(9, 5), captions, size).at(-1)?.text
  const parts = (threads: string, columns: string) =>
    truncated(`threads ${threads} of 9 (↑ ↓ PgUp PgDn) · columns ${columns} of 4 (← →)`)
  const truncated = (text: string) =>
    text.length <= size.columns ? text : `${text.slice(0, size.columns - 1)}…`
  const first = () => table.lines(readingOf(9, 5), captions, size)[2]?.text.trim().split(/ +/)[1]
  assert.is(hint(), parts('1–5', '1–3'))
  for (let presses = 0; presses < 9; presses++) {
    table.press('right')
    table.press('down')
    const column = Math.min(presses + 1, 2)
    const thread = Math.min(presses + 1, 4)
    assert.is(hint(), parts(`${thread + 1}–${thread + 5}`, ''))
    assert.is(first()?.length, 5 + column)
  }
  // The presses past the end don't have to be taken back.
  table.press('left')
  assert.is(first()?.length, 6)
  table.press('up')
  assert.is(hint(), parts('4–8', ''))
})

test.run()
