// threadslots/top: labelled keys, as one column for all children and as a column for each child.
import { PassThrough } from 'node:stream'
import { type Schema, SlotTable, type ThreadLocal, threadLocal } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { labelled } from 'threadslots/labels'
import { type TopOptions, top } from 'threadslots/top'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Column } from '../../src/top/column.js'
import { fitColumns } from '../../src/top/fit-columns.js'
import { skipOnWindows } from '../../tools/testing/skip.js'
import { throws } from '../support/assertions.js'
import { withKeyboard } from '../support/keyboard.js'
import { Terminal } from '../support/terminal.js'
import { cells, inColumns, jobs, labelledSlots, linesOf, setJobs, table } from '../support/top-threads.js'

const keyboardTest = skipOnWindows('the keyboard is left alone there')

const REQUESTS = labelled('count', ['method', 'status'], { maxChildren: 3 })

/** Counts requests in a thread of the test's own. */
function count(threadId: number, name: string, counts: { readonly [methodAndStatus: string]: number }): void {
  const requests = labelledSlots(threadId, `${name}.requests`, REQUESTS)
  for (const [labels, n] of Object.entries(counts)) {
    const [method = '', status = ''] = labels.split(' ')
    requests.with({ method, status }).add(n)
  }
}

/** A table that is redrawn every 10 ms. */
class LiveTable<S extends Schema> {
  readonly terminal: Terminal
  readonly stop: () => void
  #onPicture = (): void => {}

  constructor(local: ThreadLocal<S>, columns: NonNullable<TopOptions<S>['columns']>, width: number) {
    this.terminal = new Terminal(width, 20)
    const title = () => {
      this.#onPicture()
      return 'title'
    }
    this.stop = top(local, { stream: this.terminal, intervalMs: 10, columns, title })
  }

  /** The lines of the next picture, which shows what is in the table by now. */
  async lines(): Promise<string[]> {
    await new Promise<void>((resolve, reject) => {
      // The table's own timer keeps no program alive.
      const timeout = setTimeout(() => reject(new Error('no picture within 60 s')), 60_000)
      this.#onPicture = () => {
        clearTimeout(timeout)
        resolve()
      }
    })
    return this.terminal.lines()
  }
}

const headings = (lines: readonly string[]): string[] =>
  cells(lines.find(line => /^ +thread/.test(line))).slice(1)

/** Each step presses keys and says which headings and which hint are shown then. */
async function assertSteps<S extends Schema>(
  local: ThreadLocal<S>,
  options: TopOptions<S>,
  columns: number,
  steps: readonly (readonly [keys: string, headings: string, hint: string])[],
): Promise<void> {
  await withKeyboard(async keyboard => {
    const terminal = new Terminal(columns, 16)
    const stop = top(local, { ...options, stream: terminal, intervalMs: 3_600_000 })
    for (const [keys, expected, hint] of steps) {
      await keyboard.press(keys)
      const lines = await terminal.lines()
      assert.is(headings(lines).join(' | '), expected, `after '${keys}'`)
      assert.is(lines.at(-1), hint, `after '${keys}'`)
    }
    stop()
  })
}

test('a labelled key is one column, the sum of its children, until it is expanded', async () => {
  const local = threadLocal('sums', { bytes: 'f64', requests: REQUESTS, open: 'i32' })
  count(41, 'sums', { 'GET 200': 1000, 'POST 201': 20 })
  count(42, 'sums', { 'POST 201': 3, 'GET 404': 4 })
  count(43, 'sums', { 'GET 200': 5, 'PUT 500': 6, 'HEAD 200': 7 })
  table.release(42)
  const collapsed = await linesOf(local)
  const expanded = await linesOf(local, { columns: { requests: { expanded: true } } })
  for (const id of [41, 43]) table.release(id)
  assert.equal(collapsed.slice(2), [
    '    thread  bytes  requests ▸  open',
    '        41              1,020',
    '        43                 18',
    '   retired      0           7     0',
    '     total      0       1,045     0',
    'per second      0           0     0',
  ])
  // PUT and HEAD came when there were three children already.
  assert.equal(expanded.slice(2, -1), [
    '    thread  bytes  requests ▾  GET 200  POST 201  GET 404  other other  open',
    '        41              1,020    1,000        20',
    '        43                 18        5                              13',
    '   retired      0           7        0         3        4                  0',
    '     total      0       1,045    1,005        23        4           13     0',
  ])
})

test('rates are those of all children and of each child, also of children that are newer than the table', async () => {
  const local = threadLocal('label rates', { requests: REQUESTS })
  const terminal = new Terminal()
  count(41, 'label rates', { 'GET 200': 1e6 })
  const stop = top(local, { stream: terminal, keys: false, columns: { requests: { expanded: true } } })
  count(41, 'label rates', { 'GET 200': 3e6, 'GET 404': 1e6 })
  stop()
  table.release(41)
  const rates = cells((await terminal.lines()).at(-1))
    .slice(1)
    .map(text => Number(text.replaceAll(',', '')))
  const [all = 0, ok = 0, notFound = 0] = rates
  assert.is(rates.length, 3)
  assert.ok(notFound > 0)
  assert.ok(Math.abs(ok / notFound - 3) < 1e-3, `${ok} ${notFound}`)
  assert.ok(Math.abs(all / notFound - 4) < 1e-3, `${all} ${notFound}`)
})

test('minima and maxima are those of all children, and values that don’t fold are counted', async () => {
  const schema = {
    least: labelled({ type: 'i64', fold: 'min' }, ['a']),
    most: labelled({ type: 'f64', fold: 'max' }, ['a']),
    unset: labelled({ type: 'f64', fold: 'max' }, ['a']),
    peaks: labelled({ type: 'u32', length: 3, fold: 'max' }, ['a']),
    depth: labelled({ type: 'i32', fold: 'none' }, ['a']),
    stage: labelled({ type: 'text', length: 9 }, ['a']),
  } as const
  const local = threadLocal('folds', schema)
  const least = labelledSlots(41, 'folds.least', schema.least)
  const most = labelledSlots(41, 'folds.most', schema.most)
  const peaks = labelledSlots(41, 'folds.peaks', schema.peaks)
  const depth = labelledSlots(41, 'folds.depth', schema.depth)
  least.with({ a: 1 }).value = 7n
  least.with({ a: 2 }).value = -(2n ** 62n)
  labelledSlots(42, 'folds.least', schema.least).with({ a: 1 }).value = 3n
  for (const [a, value] of [Number.NaN, 2.5, -1].entries()) most.with({ a }).value = value
  labelledSlots(42, 'folds.most', schema.most).with({ a: 2 }).value = 9.5
  peaks.with({ a: 1 }).value.set([7, 0, 1])
  peaks.with({ a: 2 }).value.set([0, 7, 2])
  depth.with({ a: 1 }).value = 5
  depth.with({ a: 2 }).value = 6
  labelledSlots(41, 'folds.stage', schema.stage).with({ a: 1 }).value = 'idle'
  const format = (value: string | number) => `<${value}>`
  const columns = { depth: { format }, stage: { format } }
  const collapsed = await linesOf(local, { columns }, 120)
  const expanded = await linesOf(
    local,
    { columns: { least: false, most: { expanded: true }, depth: { format, expanded: true } } },
    120,
  )
  for (const id of [41, 42]) table.release(id)
  assert.equal(collapsed.slice(2, -1), [
    '    thread                     least ▸  most ▸  unset ▸  peaks ▸   depth ▸  stage ▸',
    '        41  -4,611,686,018,427,387,904  2.5000               ██▃  2 values  1 value',
    '        42                           3  9.5000',
    '   retired                           –       –        –      ▁▁▁',
    '     total  -4,611,686,018,427,387,904  9.5000        –      ██▃',
  ])
  assert.equal(headings(expanded), [
    'most ▾',
    '0',
    '1',
    '2',
    'unset ▸',
    'peaks ▸',
    'depth ▾',
    '1',
    '2',
    'stage ▸',
  ])
  assert.equal(cells(expanded[3]), [
    '41',
    '2.5000',
    '–',
    '2.5000',
    '-1.0000',
    '██▃',
    '2 values',
    '<5>',
    '<6>',
    '1 value',
  ])
  // The sums above have no meaning for depths.
  assert.equal(cells(expanded[6]), ['total', '9.5000', '–', '2.5000', '9.5000', '–', '██▃'])
})

test('a labelled histogram is shown as that of all children', async () => {
  const ms = labelled(histogram({ min: 1, max: 4, digits: 1, unit: 'milliseconds' }), ['route'])
  const local = threadLocal('histograms', { ms })
  for (const value of [1, 4, 4]) labelledSlots(41, 'histograms.ms', ms).with({ route: '/a' }).record(value)
  labelledSlots(42, 'histograms.ms', ms).with({ route: '/b' }).record(1)
  const lines = await linesOf(local, { columns: { ms: { expanded: true } } })
  const counts = await linesOf(local, {
    columns: { ms: { expanded: true, format: ms => (typeof ms === 'number' ? 'rate' : `${ms.count}`) } },
  })
  for (const id of [41, 42]) table.release(id)
  assert.equal(lines.slice(2, -1), [
    '    thread        ms p50 p99 ▾                /a                  /b',
    '        41    3.875 3.875 ▅▁█▁  3.875 3.875 ▅▁█▁',
    '        42  0.9688 0.9688 █▁▁▁                    0.9688 0.9688 █▁▁▁',
    '   retired                   –                 –                   –',
    '     total   0.9688 3.875 █▁█▁  3.875 3.875 ▅▁█▁  0.9688 0.9688 █▁▁▁',
  ])
  assert.equal(cells(counts[6]), ['total', '4', '3', '1'])
  assert.equal(cells(counts[7]), ['per second', 'rate', 'rate', 'rate'])
})

test('format and align apply to children and to their sum, a heading to the sum alone', async () => {
  const local = threadLocal('formats', { requests: REQUESTS })
  count(41, 'formats', { 'GET 200': 2000, 'GET 404': 500 })
  const requests = {
    heading: 'k',
    format: (n: number) => `${n / 1000}k`,
    align: 'left',
    expanded: true,
  } as const
  const lines = await linesOf(local, { columns: { requests } })
  table.release(41)
  assert.equal(lines.slice(2, 5), [
    '    thread  k ▾   GET 200  GET 404',
    '        41  2.5k  2k       0.5k',
    '   retired  0k    0k       0k',
  ])
})

test('values that end with their thread are missing from retired and rates, also in the columns of children', async () => {
  const open = labelled({ type: 'i32', retire: false }, ['pool'])
  const local = threadLocal('open', { open })
  for (const id of [41, 42]) labelledSlots(id, 'open.open', open).with({ pool: id }).value = id
  table.release(42)
  const lines = await linesOf(local, { columns: { open: { expanded: true } } })
  table.release(41)
  assert.equal(lines.slice(2), [
    '    thread  open ▾  41  42',
    '        41      41  41',
    '   retired',
    '     total      41  41   0',
    'per second',
  ])
})

test('headings are short, and free of control characters, whatever the labels are', async () => {
  const hits = labelled('count', ['path', 'kind'])
  const local = threadLocal('hostile', { hits })
  const slots = labelledSlots(41, 'hostile.hits', hits)
  const labels: [path: string, kind: string, heading: string][] = [
    ['', '', '– –'],
    ['\x1b[31m\r\n\u202e', 'a', '?[31m??? a'],
    ['x'.repeat(20), 'y'.repeat(21), `${'x'.repeat(20)} ${'y'.repeat(19)}…`],
    ['漢字'.repeat(60), '👍🏽', `${'漢字'.repeat(4)}漢… 👍🏽`],
    ['__proto__', 'constructor', '__proto__ constructor'],
    ['{"path":1}', 'other', '{"path":1} other'],
  ]
  for (const [path, kind] of labels) slots.with({ path, kind }).add(1)
  const terminal = new Terminal(200, 20)
  top(local, { stream: terminal, keys: false, columns: { hits: { expanded: true } } })()
  table.release(41)
  const lines = await terminal.lines()
  assert.equal(headings(lines), ['hits ▾', ...labels.map(([, , heading]) => heading)])
  assert.equal(cells(lines[3]), ['41', '6', ...labels.map(() => '1')])
  for (const hostile of ['\x1b[31m', '\r', '\u202e']) assert.not(terminal.written.includes(hostile))
})

keyboardTest('e expands one labelled key after the other, then none', async () => {
  const spec = labelled('count', ['a'])
  const hidden = labelled('count', ['a', 'b'])
  const local = threadLocal('cycle', { n: 'count', x: spec, hidden, y: labelled('count', ['b', 'c']) })
  for (const a of ['p', 'q']) labelledSlots(41, 'cycle.x', spec).with({ a }).add(1)
  labelledSlots(41, 'cycle.y', labelled('count', ['b', 'c']))
    .with({ b: 'r', c: 's' })
    .add(1)
  const options = { columns: { hidden: false, y: { heading: 'why' } } } as const
  await assertSteps(local, options, 80, [
    ['', 'n | x ▸ | why ▸', 'e expands x by a'],
    ['e', 'n | x ▾ | p | q | why ▸', 'e expands why by b, c'],
    ['e', 'n | x ▸ | why ▾ | r s', 'e collapses why'],
    ['e', 'n | x ▸ | why ▸', 'e expands x by a'],
    ['x', 'n | x ▸ | why ▸', 'e expands x by a'],
  ])
  const both = { columns: { hidden: false, x: { expanded: true }, y: { expanded: true } } } as const
  await assertSteps(local, both, 80, [
    ['', 'n | x ▾ | p | q | y ▾ | r s', 'e collapses x, y'],
    ['e', 'n | x ▸ | y ▸', 'e expands x by a'],
  ])
  table.release(41)
})

keyboardTest('expanding scrolls to a key only if it or its children would be invisible', async () => {
  const spec = labelled('count', ['a'])
  const schema = { first: 'count', x: spec, second: 'count', y: spec, third: 'count' } as const
  const local = threadLocal('scrolling', schema)
  for (const key of ['x', 'y'])
    for (const a of ['aaaaaaaa', 'bbbbbbbb']) labelledSlots(41, `scrolling.${key}`, spec).with({ a }).add(1)
  // Room for three columns, or four narrow ones, beside the labels.
  await assertSteps(local, {}, 10 + 31 + 1, [
    ['', 'first | x ▸ | second | y ▸', 'columns 1–4 of 5 (← →) · e expands x by a'],
    ['e', 'first | x ▾ | aaaaaaaa', 'columns 1–3 of 7 (← →) · e expands y by a'],
    ['ll', 'aaaaaaaa | bbbbbbbb | second', 'columns 3–5 of 7 (← →) · e expands y by a'],
    ['e', 'y ▾ | aaaaaaaa | bbbbbbbb', 'columns 4–6 of 7 (← →) · e collapses y'],
    ['l', 'aaaaaaaa | bbbbbbbb | third', 'columns 5–7 of 7 (← →) · e collapses y'],
    // The last column was visible, and it still is.
    ['e', 'x ▸ | second | y ▸ | third', 'columns 2–5 of 5 (← →) · e expands x by a'],
  ])
  // Room for the key, but not for its children.
  await assertSteps(local, {}, 10 + 16 + 1, [
    ['', 'first | x ▸', 'columns 1–2 of 5 (← →) · …'],
    ['e', 'x ▾ | aaaaaaaa', 'columns 2–3 of 7 (← →) · …'],
  ])
  table.release(41)
})

test('new children appear behind the others, and the overflow child stays the last', async () => {
  const local = threadLocal('appearing', { requests: REQUESTS, after: 'count' })
  const live = new LiveTable(local, { requests: { expanded: true } }, 100)
  const shown = async () => headings(await live.lines()).slice(1, -1)
  assert.equal(await shown(), [])
  count(41, 'appearing', { 'GET 200': 1 })
  assert.equal(await shown(), ['GET 200'])
  count(42, 'appearing', { 'other other': 1 })
  assert.equal(await shown(), ['GET 200', 'other other'])
  count(42, 'appearing', { 'A 1': 1 })
  count(41, 'appearing', { 'GET 200': 1, 'Z 1': 1 })
  assert.equal(await shown(), ['GET 200', 'A 1', 'Z 1', 'other other'])
  for (const id of [41, 42]) table.release(id)
  assert.equal(await shown(), ['GET 200', 'A 1', 'Z 1', 'other other'])
  live.stop()
})

test('the overflow child of a key whose values end with their thread keeps its column', async () => {
  const spec = labelled({ type: 'i32', retire: false }, ['a'])
  const text = labelled({ type: 'text', length: 9 }, ['a'])
  const local = threadLocal('unused overflow', { spec, text })
  const live = new LiveTable(local, { spec: { expanded: true }, text: { expanded: true } }, 100)
  assert.equal(headings(await live.lines()), ['spec ▾', 'text ▾'])
  labelledSlots(41, 'unused overflow.spec', spec).with({ a: 'other' }).value = 5
  labelledSlots(41, 'unused overflow.text', text).with({ a: 'other' }).value = 'x'
  const all = ['spec ▾', 'other', 'text ▾', 'other']
  assert.equal(headings(await live.lines()), all)
  table.release(41)
  assert.equal(headings(await live.lines()), all)
  live.stop()
})

test('columns of children keep their width until the window is resized', async () => {
  const spec = labelled('i32', ['a'])
  const local = threadLocal('widths', { x: spec })
  const child = labelledSlots(41, 'widths.x', spec).with({ a: 'b' })
  child.value = 1_234_567
  const live = new LiveTable(local, { x: { expanded: true } }, 80)
  const total = async () => (await live.lines()).find(line => /^ +total/.test(line))
  assert.is(await total(), '     total  1,234,567  1,234,567')
  child.value = 5
  assert.is(await total(), '     total          5          5')
  await live.terminal.resize(79, 20)
  assert.is(await total(), '     total    5  5')
  live.stop()
  table.release(41)
})

keyboardTest('the visible columns stay where they are when children appear before them', async () => {
  const spec = labelled('count', ['a'])
  const local = threadLocal('staying', { x: spec, one: 'count', two: 'count', three: 'count' })
  const slots = labelledSlots(41, 'staying.x', spec)
  for (const a of ['aaaaaa', 'bbbbbb']) slots.with({ a }).add(1)
  await withKeyboard(async keyboard => {
    // Room for three keys, or for two columns of children.
    const live = new LiveTable(local, { x: { expanded: true } }, 10 + 17 + 1)
    const shown = async () => {
      const lines = await live.lines()
      return `${headings(lines).join(' ')}: ${lines.at(-1)?.match(/\S+ of \d+/)?.[0]}`
    }
    assert.is(await shown(), 'x ▾ aaaaaa: 1–2 of 6')
    await keyboard.press('lll')
    assert.is(await shown(), 'one two three: 4–6 of 6')
    slots.with({ a: 'cccccc' }).add(1)
    assert.is(await shown(), 'one two three: 5–7 of 7')
    await keyboard.press('h')
    assert.is(await shown(), 'cccccc one: 4–5 of 7')
    slots.with({ a: 'dddddd' }).add(1)
    assert.is(await shown(), 'cccccc dddddd: 4–5 of 8')
    live.stop()
  })
  table.release(41)
})

keyboardTest('two hundred children can be scrolled through, in a window of any size', async () => {
  const spec = labelled('count', ['n'])
  const local = threadLocal('many children', { before: 'count', x: spec, after: 'count' })
  const slots = labelledSlots(41, 'many children.x', spec)
  for (let n = 1; n <= 200; n++) slots.with({ n: `child ${n}` }).add(n)
  await withKeyboard(async keyboard => {
    const terminal = new Terminal(100, 12)
    const stop = top(local, { stream: terminal, intervalMs: 3_600_000 })
    await keyboard.press('e')
    const lines = await terminal.lines()
    assert.equal(headings(lines).slice(0, 3), ['before', 'x ▾', 'child 1'])
    assert.match(lines.at(-1) ?? '', /^columns 1–\d+ of 203 \(← →\) · e collapses x$/)
    assert.equal(cells(lines[3]).slice(0, 4), ['41', '20.10k', '1', '2'])
    await keyboard.press('l'.repeat(300))
    const end = await terminal.lines()
    assert.equal(headings(end).slice(-2), ['child 200', 'after'])
    assert.match(end.at(-1) ?? '', /^columns \d+–203 of 203 /)
    stop()
    // The keyboard no longer does what the hint said.
    assert.match((await terminal.lines()).at(-1) ?? '', /^columns \d+–203 of 203$/)
  })
  for (const columns of [1, 2, 10, 12, 14, 20, 40, 80, 300]) {
    for (const rows of [1, 2, 5, 8, 9, 10, 24]) {
      const lines = await linesOf(local, { columns: { x: { expanded: true } } }, columns, rows)
      const size = `${columns}×${rows}:\n${lines.join('\n')}`
      assert.ok(lines.length <= Math.max(1, rows - 1), size)
      for (const line of lines) assert.ok(inColumns(line).length <= Math.max(1, columns - 1), size)
    }
  }
  table.release(41)
})

keyboardTest(
  'what the key e does is said only where there is room for it, and for labelled keys',
  async () => {
    const spec = labelled('count', ['a'])
    const local = threadLocal('help', { x: spec })
    labelledSlots(41, 'help.x', spec).with({ a: 1 }).add(1)
    await withKeyboard(async keyboard => {
      const lastLine = async (rows: number, options: TopOptions<{ x: typeof spec }> = {}) => {
        const terminal = new Terminal(80, rows)
        const stop = top(local, { ...options, stream: terminal })
        const lines = await terminal.lines()
        stop()
        return lines.at(-1) ?? ''
      }
      // Title, blank line, heading, thread and three sums; the row below the table is the cursor's.
      assert.is(await lastLine(9), 'e expands x by a')
      assert.match(await lastLine(8), /^per second/)
      assert.match(await lastLine(24, { keys: false }), /^per second/)
      assert.match(await lastLine(24, { columns: { x: false } }), /^per second/)
      setJobs(41, { done: 1 })
      const terminal = new Terminal()
      const stop = top(jobs, { stream: terminal, intervalMs: 3_600_000 })
      await keyboard.press('e')
      const lines = await terminal.lines()
      assert.equal(headings(lines), ['done', 'bytes', 'slowest', 'depth'])
      assert.match(lines.at(-1) ?? '', /^per second/)
      stop()
    })
    table.release(41)
  },
)

test('a plain line has the sum of all children, and no marks', async () => {
  const schema = {
    requests: REQUESTS,
    slowest: labelled({ type: 'f64', fold: 'max', unit: 'milliseconds' }, ['route']),
    stage: labelled({ type: 'text', length: 9 }, ['queue']),
  } as const
  const local = threadLocal('plain', schema)
  count(41, 'plain', { 'GET 200': 1000, 'GET 404': 30 })
  labelledSlots(41, 'plain.slowest', schema.slowest).with({ route: '/' }).value = 7
  labelledSlots(41, 'plain.stage', schema.stage).with({ queue: 'mail' }).value = 'idle'
  const stream = new PassThrough()
  top(local, { stream, title: () => 'title', columns: { requests: { expanded: true } } })()
  table.release(41)
  assert.is(String(stream.read()), 'title  requests 1,030 (0/s)  slowest ms 7\n')
})

test('expanded is an option of labelled keys, and true or false', () => {
  const local = threadLocal('options', { x: labelled('count', ['a']), y: 'count' })
  const refused = (columns: object, words: RegExp) =>
    throws(() => top(local, { stream: new PassThrough(), columns: columns as never }), TypeError, words)
  refused({ x: { expanded: 'yes' } }, /expanded of column 'x' is 'yes'; use true or false/)
  refused(
    { x: { expand: true } },
    /an option of column 'x' is 'expand'; use heading, format, align, expanded/,
  )
  refused({ x: true }, /column 'x' is true; use false, or an object with heading, format, align, expanded/)
  refused({ y: { expanded: true } }, /an option of column 'y' is 'expanded'; use heading, format, align$/)
})

test('columns far from the visible ones are not measured', () => {
  const slots = SlotTable.create({ maxKeys: 1 })
  const key = slots.key('n', 'f64')
  const measured = new Set<number>()
  const columns = Array.from(
    { length: 1000 },
    (_, i) =>
      new Column(['n', key], { heading: `${i}`.padStart(8), format: () => `${measured.add(i).size}` }),
  )
  const { first, fitted } = fitColumns(columns, [{ n: 1 }, {}], 500, 100)
  assert.is(first, 500)
  assert.is(fitted.length, 10)
  // Those at the start, which say whether all fit; the visible ones and the next; and those of the last page.
  assert.is(measured.size, 33)
})

test.run()
