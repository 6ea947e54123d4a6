// threadslots/top in whole programs: on a terminal whose window changes, in files and pipes, until any kind
// of end.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { threadLocal } from 'threadslots'
import { top } from 'threadslots/top'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { RUNTIME } from '../../tools/testing/runtime.js'
import { skipIf } from '../../tools/testing/skip.js'
import { throws } from '../support/assertions.js'
import { Terminal } from '../support/terminal.js'
import { NO_TERMINAL, TerminalProcess } from '../support/terminal-process.js'
import { inColumns, jobs, manyKeys, setJobs, table, withManyThreads } from '../support/top-threads.js'

const PROGRAM = fileURLToPath(new URL('../support/top-program.js', import.meta.url))

/** No timer draws: a window that changes while a picture is being written breaks it, as on any terminal. */
const RESIZED = { keys: false, intervalMs: 3_600_000 }

test('after a resize, the window shows one picture, and what was above it remains', () =>
  withManyThreads(async () => {
    const terminal = new Terminal(120, 30)
    terminal.write('before\n')
    const stop = top(manyKeys, { ...RESIZED, stream: terminal, title: () => 'title' })
    const sizes = [
      [60, 30],
      [100, 30],
      [99, 30],
      [30, 30],
      [90, 12],
      [90, 40],
    ] as const
    for (const [columns, rows] of sizes) {
      await terminal.resize(columns, rows)
      const lines = await terminal.lines()
      const window = lines.slice(-(rows - 1))
      for (const line of [/^title$/, /^ +thread /, /^ +total /, /^threads /]) {
        const count = window.filter(text => line.test(text)).length
        assert.is(count, 1, `${columns}×${rows}, ${count} × ${line}:\n${lines.join('\n')}`)
      }
      for (const line of window) assert.ok(inColumns(line).length < columns, line)
    }
    assert.is((await terminal.lines())[0], 'before')
    stop()
  }))

test('lines that a narrower window has wrapped are erased', async () => {
  const terminal = new Terminal(80, 40)
  terminal.write('before\n')
  const stop = top(jobs, {
    ...RESIZED,
    stream: terminal,
    title: () => 'a title that is long enough to be broken',
  })
  for (const columns of [30, 60, 21, 15]) {
    await terminal.resize(columns, 40)
    const lines = await terminal.lines()
    assert.is(lines[0], 'before')
    assert.is(lines[1]?.slice(0, 13), 'a title that ')
    // Title, blank line, heading, this thread, three sums, and the hint about hidden columns.
    assert.ok(lines.length <= 9, lines.join('\n'))
  }
  stop()
})

test('each redraw shows the whole picture, even if threads come and go', async () => {
  const terminal = new Terminal(80, 20)
  let line = 0
  const footers = [['a', 'b', 'c'], ['c'], ['b', 'c'], [], ['x']]
  const stop = top(jobs, {
    stream: terminal,
    keys: false,
    title: () => 'same',
    footer: () => footers[line % footers.length] as string[],
  })
  for (line = 1; line < 20; line++) {
    if (line % 3 === 0) setJobs(50 + line, { done: line })
    if (line % 5 === 0) table.release(50 + line - (line % 3))
    await terminal.resize(80, 20)
    const lines = await terminal.lines()
    const footer = footers[line % footers.length] as string[]
    const rates = lines.findIndex(line => /per second/.test(line))
    assert.equal(lines.slice(rates + 1), footer.length > 0 ? ['', ...footer] : [])
    assert.equal(lines.slice(0, 2), ['same', ''])
    assert.is(lines.filter(line => /^ +total/.test(line)).length, 1)
  }
  stop()
  for (let id = 50; id < 70; id++) table.release(id)
})

test('a stopped table no longer changes, and its terminal can show another one', async () => {
  const terminal = new Terminal()
  const listeners = () => terminal.listenerCount('resize') + process.listenerCount('exit')
  const before = listeners()
  const stop = top(jobs, { stream: terminal, keys: false })
  throws(
    () => top(jobs, { stream: terminal }),
    TypeError,
    /already shows a table; use another terminal, or stop that table first/,
  )
  stop()
  await terminal.lines()
  const { written } = terminal
  stop()
  await terminal.resize(70, 20)
  assert.is(terminal.written, written)
  assert.is(listeners(), before)
  assert.is(terminal.listenerCount('error'), 0)
  top(jobs, { stream: terminal, keys: false })()
  assert.ok(terminal.written.length > written.length)
})

test('a title function that throws ends the table, not just one picture', () => {
  const terminal = new Terminal()
  let isBad = false
  const before = process.listenerCount('exit')
  const stop = top(jobs, {
    stream: terminal,
    keys: false,
    title: () => {
      if (isBad) throw new Error('bad title')
      return ''
    },
  })
  isBad = true
  assert.throws(() => terminal.emit('resize'), /bad title/)
  assert.is(process.listenerCount('exit'), before)
  stop()
})

test('a terminal of unknown size counts as 80 × 24, and a thread-local without keys can be shown', async () => {
  const terminal = new Terminal()
  Object.assign(terminal, { columns: undefined, rows: undefined })
  top(threadLocal('empty', {}), { stream: terminal, keys: false })()
  const [title = '', ...lines] = await terminal.lines()
  assert.match(title, /^nothing to count · 0 threads · /)
  assert.equal(lines, ['', '    thread', '   retired', '     total', 'per second'])
  await withManyThreads(async () => {
    top(manyKeys, { stream: terminal, keys: false, header: columns => '='.repeat(columns) })()
    const lines = await terminal.lines()
    assert.ok(lines.includes('='.repeat(79)))
    assert.is(lines.filter(line => /^ +\d+ /.test(line)).length, 15)
  })
})

test('wrong options are refused, with a message that says what to use', () => {
  const cases: [options: object, Kind: typeof TypeError | typeof RangeError, words: RegExp][] = [
    [{ intervalMs: 9 }, RangeError, /intervalMs is 9; use .* from 10 to 3600000/],
    [{ intervalMs: 3_600_001 }, RangeError, /3600001/],
    [{ intervalMs: Number.NaN }, RangeError, /NaN/],
    [{ intervalMs: '500' }, TypeError, /intervalMs is '500'; use a number from 10/],
    [{ stream: {} }, TypeError, /stream is .*; use a writable stream/],
    [{ stream: null }, TypeError, /stream is null/],
    [{ title: 'a title' }, TypeError, /title is 'a title'; use a function that returns text/],
    [{ header: [] }, TypeError, /header is an instance of Array; use a function/],
    [{ footer: 1 }, TypeError, /footer is 1; use a function/],
    [{ keys: 'yes' }, TypeError, /keys is 'yes'; use true or false/],
    [{ columns: { dune: false } }, TypeError, /a name in columns is 'dune'; use done, bytes, slowest, depth/],
    [{ columns: 5 }, TypeError, /columns is 5; use an object/],
    [{ columns: null }, TypeError, /columns is null; use an object/],
    [{ columns: ['done'] }, TypeError, /columns is an instance of Array; use an object/],
    [{ columns: { done: null } }, TypeError, /column 'done' is null; use false, or an object with heading/],
    [{ columns: { done: true } }, TypeError, /column 'done' is true/],
    [
      { columns: { done: { title: 'x' } } },
      TypeError,
      /an option of column 'done' is 'title'; use heading, format, align/,
    ],
    [{ columns: { done: { heading: 5 } } }, TypeError, /heading of column 'done' is 5; use a string/],
    [{ columns: { done: { format: 5 } } }, TypeError, /format of column 'done' is 5; use a function/],
    [
      { columns: { done: { align: 'middle' } } },
      TypeError,
      /align of column 'done' is 'middle'; use left, right/,
    ],
  ]
  const before = process.listenerCount('exit')
  for (const [options, Kind, words] of cases) {
    throws(() => top(jobs, { stream: new PassThrough(), ...options }), Kind, words)
  }
  throws(() => top(jobs, 500 as never), TypeError, /options is 500; use an object such as/)
  throws(() => top({} as never), TypeError, /made by threadLocal/)
  assert.is(process.listenerCount('exit'), before)
  for (const intervalMs of [10, 3_600_000]) top(jobs, { stream: new PassThrough(), intervalMs })()
  // A key may have the name of a property that every object inherits.
  top(threadLocal('object', { constructor: 'u32' }), { stream: new PassThrough(), columns: {} })()
})

test('a pipe gets a line now and then, and the program is not kept alive', async () => {
  const run = (env: object) =>
    spawnSync(process.execPath, [PROGRAM], {
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...process.env, ...env },
    })
  const { status, stdout, stderr } = run({ TOP: '{}' })
  assert.is(stderr, '')
  assert.is(status, 0)
  assert.match(stdout, /^program · 1 thread · \d+\.\d s {2}jobs 1,234 \([\d.]+\/s\)\n$/)
  const child = spawn(process.execPath, [PROGRAM], { env: { ...process.env, TOP: '{"seconds":60}' } })
  let lines = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    lines += text
    // The interval is 20 ms. Lines take ten times as long.
    if (lines.split('\n').length > 4) child.kill('SIGTERM')
  })
  await once(child, 'close')
  assert.match(lines, /^(program · 1 thread · \d+\.\d s {2}jobs 1,234( \([\d.]+\/s\))?\n){4,}$/)
})

test('a dumb terminal gets plain lines, too', async () => {
  const { TERM } = process.env
  process.env.TERM = 'dumb'
  try {
    const terminal = new Terminal()
    top(jobs, { stream: terminal })()
    assert.match(terminal.written, /^jobs · .* {2}done [\d,]+ .*\n$/)
    assert.not(terminal.written.includes('\x1b'))
  } finally {
    process.env.TERM = TERM ?? ''
  }
})

test('the program goes on after the reader of its lines has closed the pipe', async () => {
  const child = spawn(process.execPath, [PROGRAM], { env: { ...process.env, TOP: '{"seconds":1}' } })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    errors += text
  })
  child.stdout.destroy()
  const [status] = await once(child, 'exit')
  assert.is(errors, '')
  assert.is(status, 0)
})

const inTerminal = skipIf(NO_TERMINAL)
// Deno needs arguments to run a file.
const ARGUMENTS = RUNTIME === 'deno' ? 'run --quiet --allow-all' : ''
const COMMAND = `"$RUNTIME" ${ARGUMENTS} "$PROGRAM"`
const AFTER = 'echo "status $?"; stty -a; echo over'
const SHELL = `trap : INT TERM QUIT; ${COMMAND}; ${AFTER}`

/** Runs the program in a terminal, then prints its exit status and the terminal's settings. */
const open = (options: object, env: object = {}, columns = 80, rows = 24, shell = SHELL) =>
  new TerminalProcess(
    shell,
    { RUNTIME: process.execPath, PROGRAM, TOP: JSON.stringify(options), ...env },
    columns,
    rows,
  )

/**
 * Waits for the end, asserts that the terminal has its old settings, and returns the program's exit status.
 */
async function left(run: TerminalProcess): Promise<number> {
  await run.until(/over/)
  await run.end()
  const { written } = run.terminal
  assert.not(run.terminal.isCursorHidden, written)
  assert.match(written, /[^-]icanon/)
  assert.match(written, /[^-]isig/)
  assert.match(written, /[^-]echo\b/)
  return Number(written.match(/status (\d+)/)?.[1])
}

const SIGINT = 128 + 2
for (const keys of [true, false]) {
  inTerminal(`Ctrl-C ends the program by SIGINT and restores the terminal, with keys: ${keys}`, async () => {
    const run = open({ seconds: 60, keys })
    await run.until(/per second[\s\S]*per second/)
    assert.ok(run.terminal.isCursorHidden)
    run.type('\x03')
    assert.is(await left(run), SIGINT)
    assert.ok((await run.terminal.lines()).some(line => /^ +total +1,234$/.test(line)))
  })
}

inTerminal('a program that handles Ctrl-C receives it and goes on', async () => {
  const run = open({ seconds: 60, listens: true })
  await run.until(/per second/)
  run.type('\x03')
  await run.until(/heard SIGINT/)
  // By now, the keyboard has been released.
  run.type('\x03')
  await run.until(/heard SIGINT[\s\S]*heard SIGINT/)
  run.type('\x1c')
  assert.is(await left(run), 128 + 3)
})

/**
 * Asserts that the program runs in the background, and captures the keyboard once it is in the foreground.
 */
async function assertComesBack(run: TerminalProcess): Promise<void> {
  await run.until(/through the background/)
  assert.match(run.terminal.written, /Running/)
  assert.not.match(run.terminal.written, /Stopped \(tty/)
  await run.until(/through the background[\s\S]*per second/)
  const { length } = run.terminal.written
  const isStopped = () => run.terminal.written.slice(length).includes('\x1b[?25h')
  // The program learns of the foreground a moment later.
  for (let tries = 0; !isStopped(); tries++) {
    assert.ok(tries < 1000, run.terminal.written)
    run.type('q')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  run.type('\x03')
  assert.is(await left(run), SIGINT)
}

const THROUGH = 'sleep 1; jobs; echo through the background; fg'

inTerminal(
  'a program started in the background runs on there, and captures the keyboard in the foreground',
  async () => {
    const shell = `set -m; trap : INT; ${COMMAND} & ${THROUGH}; ${AFTER}`
    await assertComesBack(open({ seconds: 60 }, {}, 80, 24, shell))
  },
)

inTerminal('a program stopped by Ctrl-Z can go on in the background', async () => {
  const shell = `set -m; trap : INT; ${COMMAND}; bg; ${THROUGH}; ${AFTER}`
  const run = open({ seconds: 60 }, {}, 80, 24, shell)
  await run.until(/per second/)
  run.type('\x1a')
  await assertComesBack(run)
})

inTerminal('q stops the table, and the program runs to its own end', async () => {
  const run = open({ seconds: 2 })
  await run.until(/per second/)
  run.type('q')
  assert.is(await left(run), 0)
  const lines = await run.terminal.lines()
  assert.is(lines.filter(line => /^ +total +1,234$/.test(line)).length, 1)
  // The table was finished when q was pressed, not at the end of the program.
  const { written } = run.terminal
  assert.ok(written.lastIndexOf('\x1b[?25l') < written.indexOf('\x1b[?25h'))
  assert.ok(written.indexOf('\x1b[?25h') < written.indexOf('through'), written)
})

inTerminal('a program with nothing left to do ends, and the last picture remains', async () => {
  const run = open({})
  assert.is(await left(run), 0)
  const lines = await run.terminal.lines()
  assert.is(lines.filter(line => /^ +total +1,234$/.test(line)).length, 1)
})

inTerminal('lines are bold and dim on a terminal, but not with NO_COLOR', async () => {
  const run = open({})
  await left(run)
  assert.match(run.terminal.written, '\x1b[1mprogram · 1 thread')
  assert.match(run.terminal.written, '\x1b[2mper second')
  const plain = open({}, { NO_COLOR: '1' })
  await left(plain)
  assert.match(plain.terminal.written, /program · 1 thread/)
  assert.not.match(plain.terminal.written, /\p{Cc}\[\d*m/u)
})

test.run()
