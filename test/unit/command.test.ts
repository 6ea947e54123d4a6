// The command `threadslots`: its arguments, its connection, and what it writes, against a server that the test scripts.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { PassThrough } from 'node:stream'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { HELP, parseArguments, type TopRequest, USAGE } from '../../src/command/arguments.js'
import { durationText } from '../../src/command/duration.js'
import type { Limits } from '../../src/command/receive-events.js'
import { runCommand } from '../../src/command/run-command.js'
import { watch } from '../../src/command/watch.js'
import { skipOnWindows } from '../../tools/testing/skip.js'
import { FakeMonitor, keyOf, openStream, readingOf, threadOf } from '../support/fake-monitor.js'
import { withKeyboard } from '../support/keyboard.js'
import { Terminal } from '../support/terminal.js'

const keyboardTest = skipOnWindows('the keyboard is left alone there')

/** What was written to a stream. */
const textOf = (stream: PassThrough): string => String(stream.read() ?? '')

async function run(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const status = await runCommand(args, '1.2.3', { stdout, stderr })
  return { status, stdout: textOf(stdout), stderr: textOf(stderr) }
}

/** Follows a monitor in this process. The outcome is there when the command has ended. */
class Watch {
  readonly stderr = new PassThrough()
  readonly status: Promise<number>

  constructor(
    monitor: FakeMonitor,
    stdout: Terminal | PassThrough,
    request: Partial<TopRequest> = {},
    limits?: Limits,
  ) {
    this.status = watch(
      { url: monitor.url, intervalMs: 500, keys: undefined, ...request },
      { stdout, stderr: this.stderr },
      limits,
    )
  }

  async ended(): Promise<[status: number, stderr: string]> {
    const status = await this.status
    return [status, textOf(this.stderr)]
  }
}

/** Waits until a terminal shows a text. Its last picture may still be on its way. */
async function untilShown(terminal: Terminal, text: RegExp): Promise<string[]> {
  const timeout = AbortSignal.timeout(30_000)
  for (;;) {
    const lines = await terminal.lines()
    if (text.test(lines.join('\n'))) return lines
    if (timeout.aborted) throw new Error(`no ${text} within 30 s in:\n${lines.join('\n')}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

/** Follows a new monitor, until a terminal shows its first reading: a total of 10. */
async function showTen(): Promise<{ monitor: FakeMonitor; terminal: Terminal; watching: Watch }> {
  const monitor = await FakeMonitor.start()
  const terminal = new Terminal(100, 20)
  const watching = new Watch(monitor, terminal)
  await monitor.requested()
  monitor.send('keys', [done])
  monitor.send('reading', readingOf(1, { [done.keyId]: 10 }))
  await untilShown(terminal, /total +10/)
  return { monitor, terminal, watching }
}

test('an address is a port of this machine, a host and a port, or a URL', () => {
  const cases: [args: string[], url: string][] = [
    [['top'], 'http://127.0.0.1:9464/'],
    [['top', '80'], 'http://127.0.0.1/'],
    [['top', '65535'], 'http://127.0.0.1:65535/'],
    [['top', 'app:9465'], 'http://app:9465/'],
    [['top', '[::1]:9465'], 'http://[::1]:9465/'],
    [['top', 'https://example.org/monitor'], 'https://example.org/monitor'],
  ]
  for (const [args, url] of cases)
    assert.equal(
      parseArguments(args),
      { url: new URL(url), intervalMs: 500, keys: undefined },
      args.join(' '),
    )
  const { intervalMs, keys } = parseArguments([
    'top',
    '--interval',
    '100',
    '--keys',
    'jobs, server.*',
  ]) as TopRequest
  assert.is(intervalMs, 100)
  assert.equal(keys, ['jobs', 'server.*'])
  assert.is((parseArguments(['top', '--interval=60000']) as TopRequest).intervalMs, 60_000)
})

test('arguments that make no sense get a message, the usage, and status 2', async () => {
  const cases: [args: string, message: RegExp][] = [
    ['tpo', /^threadslots: there is no command 'tpo'; use top\n/],
    ['9464', /there is no command '9464'; use top 9464\n/],
    ['--interval 500', /no command given; use top\n/],
    ['top 1 2', /top takes one address, and got 2\n/],
    ['top 65536', /the address is '65536'; use a port, as in 9464, host:port, or a URL\n/],
    ['top ftp://x', /the address is 'ftp:\/\/x'/],
    ['top app:x', /the address is 'app:x'/],
    ['top --interval 99', /--interval is '99'; use milliseconds from 100 to 60000\n/],
    ['top --interval 60001', /--interval is '60001'/],
    ['top --interval 1e3', /--interval is '1e3'/],
    ['top --interval', /^threadslots: Option '--interval <value>' argument missing\n/],
    ['top --keys a,,b', /--keys is 'a,,b'; use names separated by commas/],
    ['top --nonsense', /^threadslots: Unknown option '--nonsense'\n/],
  ]
  for (const [args, message] of cases) {
    const { status, stdout, stderr } = await run(...args.split(' '))
    assert.is(status, 2, args)
    assert.is(stdout, '')
    assert.match(stderr, message)
    assert.ok(stderr.endsWith(`${USAGE}\n`), stderr)
  }
})

test('help and version are printed on request; without arguments, help is an error', async () => {
  assert.equal(await run('--help'), { status: 0, stdout: `${HELP}\n`, stderr: '' })
  assert.equal(await run('top', '9464', '-h'), { status: 0, stdout: `${HELP}\n`, stderr: '' })
  assert.equal(await run('--version'), { status: 0, stdout: '1.2.3\n', stderr: '' })
  assert.equal(await run(), { status: 2, stdout: '', stderr: `${HELP}\n` })
  for (const line of HELP.split('\n')) assert.ok(line.length <= 130, line)
})

test('durations are whole seconds, minutes, hours or days', () => {
  const cases: [ms: number, text: string][] = [
    [-5, '0 s'],
    [999, '0 s'],
    [1000, '1 s'],
    [119_999, '119 s'],
    [120_000, '2 min'],
    [7_199_999, '119 min'],
    [7_200_000, '2 h'],
    [259_199_999, '71 h'],
    [259_200_000, '3 days'],
  ]
  for (const [ms, text] of cases) assert.is(durationText(ms), text)
})

test('if nothing listens, the message says how to start a monitor', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  assert.equal(await run('top', `${port}`), {
    status: 1,
    stdout: '',
    stderr:
      `threadslots: nothing listens at 127.0.0.1:${port}; ` +
      `start the program with THREADSLOTS_MONITOR=${port} node --import threadslots/monitor/auto app.js\n`,
  })
})

test('a server that doesn’t speak HTTP is no monitor', async () => {
  const server = createServer(socket => socket.end('220 mail.example.org ESMTP\r\n'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const { status, stderr } = await run('top', `${port}`)
  server.close()
  assert.is(status, 1)
  assert.match(stderr, new RegExp(`^threadslots: no monitor at 127\\.0\\.0\\.1:${port}: .*\\n$`))
})

/** The outcome of a command whose server answers in this way. */
async function outcomeOf(answer: Parameters<typeof FakeMonitor.start>[0], limits?: Limits): Promise<string> {
  const monitor = await FakeMonitor.start(answer)
  const stdout = new PassThrough()
  const [status, stderr] = await new Watch(monitor, stdout, {}, limits).ended()
  monitor.stop()
  assert.is(status, 1)
  assert.is(textOf(stdout), '')
  return stderr.replace(monitor.url.host, 'HOST')
}

test('what answers, but is no monitor, is told apart', async () => {
  const page = await outcomeOf(response => {
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end('<html>')
  })
  assert.is(
    page,
    'threadslots: http://HOST/events answers 200 (text/html); is there a monitor of threadslots?\n',
  )
  const bare = await outcomeOf(response => void response.writeHead(404).end())
  assert.is(
    bare,
    'threadslots: http://HOST/events answers 404 (no content type); is there a monitor of threadslots?\n',
  )
  const refused = await outcomeOf(response => {
    response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' })
    response.end('the host "a\x1b[31m" is not allowed here\nsecond line')
  })
  assert.is(
    refused,
    'threadslots: http://HOST/events answers 403: the host "a?[31m" is not allowed here; is there a monitor of threadslots?\n',
  )
  const endless = await outcomeOf(response => {
    response.writeHead(500, { 'content-type': 'text/plain' })
    response.write('x'.repeat(100_000))
  })
  assert.match(endless, / answers 500: x{200}; is there/)
})

test('a server that sends nothing, or no event, or too large a one, isn’t waited for', async () => {
  const limits = { answerMs: 50, maxCharacters: 1000 }
  const late = 'threadslots: HOST sent no reading within 0.05 s; is there a monitor of threadslots?\n'
  assert.is(await outcomeOf(() => {}, limits), late)
  assert.is(await outcomeOf(openStream, limits), late)
  const large = await outcomeOf(
    response => {
      openStream(response)
      response.write(`unknown: field\nevent: keys\ndata: ${'x'.repeat(1000)}`)
    },
    { ...limits, answerMs: 10_000 },
  )
  assert.is(
    large,
    'threadslots: HOST sent an event of more than 1000 characters; is there a monitor of threadslots?\n',
  )
  const empty = await outcomeOf(response => {
    openStream(response)
    response.end('event: of the future\ndata: {}\n\n')
  })
  assert.is(empty, 'threadslots: HOST ended the stream before it had sent a reading\n')
})

test('what a monitor doesn’t send is an error, and no crash', async () => {
  const key = keyOf('jobs.done')
  const { keyId } = key
  const reading = readingOf(1, { [keyId]: 5 })
  const vector = keyOf('v', { length: 2 })
  const bigint = keyOf('b', { type: 'i64' })
  const text = keyOf('t', { type: 'text', fold: 'none', length: 9 })
  const overflow = keyOf('l', { family: 'l', labels: { a: 'other' } })
  const wrongKeys: unknown[] = [
    {},
    null,
    [null],
    [5],
    ...[
      { keyId: -1 },
      { keyId: '0' },
      { name: 5 },
      { type: 'u16' },
      { type: 'constructor' },
      { fold: 'mean' },
      { retire: 1 },
      { histogram: 0.5 },
      { length: 0 },
      { length: 2 ** 24 + 1 },
      { unit: 5 },
      { labels: { a: 'b' } },
      { labels: { a: 5 }, family: 'x' },
      { labels: [], family: 'x' },
    ].map(detail => [{ ...key, ...detail }]),
    [overflow, { ...overflow, keyId: 900, name: 'm', labels: { b: 'x' } }],
    [overflow, { ...overflow, keyId: 900, name: 'm', labels: { a: 'x' }, type: 'f64' }],
  ]
  const wrongReadings: unknown[] = [
    null,
    [],
    { ...reading, pid: '1' },
    { ...reading, uptimeMs: null },
    { ...reading, threads: {} },
    { ...reading, threads: [null] },
    { ...reading, threads: [threadOf(1, {}, { threadName: 5 as never })] },
    { ...reading, threads: [threadOf(-1, {})] },
    { ...reading, threads: [threadOf(1, {}, { state: 5 as never })] },
    { ...reading, threads: [threadOf(1, {}, { unchangedMs: '5' as never })] },
    { ...reading, threads: [threadOf(1, {}, { blockedMs: '5' as never })] },
    { ...reading, threads: [threadOf(1, [] as never)] },
    { ...reading, retired: null },
    ...(
      [
        [key, 'x'],
        [key, null],
        [key, [1]],
        [vector, 1],
        [vector, [1]],
        [vector, [1, 'x']],
        [bigint, 1.5],
        [bigint, 'Infinity'],
        [bigint, '1'.repeat(21)],
        [text, 5],
      ] as const
    ).map(([{ keyId }, value]) => ({ ...reading, totals: { [keyId]: value } })),
  ]
  const send = (events: readonly (readonly [event: string, data: unknown])[]) =>
    outcomeOf(response => {
      openStream(response)
      for (const [event, data] of events)
        response.write(`event: ${event}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`)
    })
  const keys = [key, vector, bigint, text]
  for (const wrong of wrongKeys)
    assert.match(
      await send([['keys', wrong]]),
      /sent a list of keys that this version can't read; use the version/,
      JSON.stringify(wrong),
    )
  for (const wrong of wrongReadings)
    assert.match(
      await send([
        ['keys', keys],
        ['reading', wrong],
      ]),
      /sent a reading that this version can't read; use the version of threadslots that the process uses\n$/,
      JSON.stringify(wrong),
    )
  assert.match(await send([['keys', '<html>']]), /sent a list of keys that is not JSON/)
  const replaced = await send([
    ['keys', [key]],
    ['keys', [vector]],
  ])
  assert.match(replaced, /sent a list of keys that this version can't read/)
})

const done = keyOf('jobs.done')
const file = keyOf('jobs.file', { type: 'text', fold: 'none', length: 64 })
const bytes = keyOf('jobs.read', { unit: 'bytes' })
const counts = (n: number) => ({ [done.keyId]: n, [bytes.keyId]: 1000 * n })

test('a terminal shows the table, the threads’ states, and what is wrong in the title', async () => {
  const monitor = await FakeMonitor.start()
  const terminal = new Terminal(100, 20)
  const watching = new Watch(monitor, terminal)
  await monitor.requested()
  assert.is(monitor.requests[0]?.url, '/events?interval=500')
  monitor.send('keys', [done, file, bytes])
  monitor.send(
    'reading',
    readingOf(5, counts(100), [
      threadOf(
        7,
        { ...counts(40), [file.keyId]: 'b\x1b[31m.txt' },
        { threadName: 'decoder 2', state: 'busy' },
      ),
      threadOf(0, {}, { state: 'blocked', blockedMs: 5900 }),
      threadOf(8, counts(50), { threadName: 'c', state: 'stuck', unchangedMs: 61_000, blockedMs: 1 }),
      threadOf(9, counts(10), { state: 'of the future' as never }),
    ]),
  )
  const lines = await untilShown(terminal, /per second/)
  const host = `127.0.0.1:${monitor.port}`
  assert.is(
    lines[0]?.slice(0, 90),
    `${host} · pid 4242 · 4 threads · up 5 s · main thread blocked for 5 s · thread 8 (c) stuck for 61 s`.slice(
      0,
      90,
    ),
  )
  assert.equal(lines.slice(2), [
    '    thread                         done  file         read B',
    '         0            blocked 5 s',
    '         7 decoder 2  busy           40  b?[31m.txt   40,000',
    '         8 c          stuck 61 s     50               50,000',
    '         9                           10               10,000',
    '   retired',
    '     total                          100              100,000',
    'per second',
  ])
  assert.not(terminal.isCursorHidden)
  monitor.send('reading', readingOf(5.3, counts(110)))
  monitor.send('reading', readingOf(5.4, counts(180)))
  assert.match((await untilShown(terminal, /per second +200/)).join('\n'), /per second +200 +200,000/)
  // A second definition: headings name it, and keep their places.
  monitor.send('keys', [done, file, bytes, keyOf('http.requests')])
  monitor.send('reading', readingOf(5.5, counts(190)))
  assert.match(
    (await untilShown(terminal, /http/)).join('\n'),
    /jobs\.done {2}jobs\.file +jobs\.read B {2}http\.requests/,
  )
  monitor.send('reading', readingOf(15.5, counts(1100)))
  await untilShown(terminal, /total +1,100/)
  monitor.stop()
  const [status, stderr] = await watching.ended()
  assert.is(status, 0)
  assert.is(stderr, `${host} is gone: the process has ended, or has stopped its monitor\n`)
  // The last picture has the rates of the whole time: from 5 s to 15.5 s.
  assert.match((await terminal.lines()).join('\n'), /total +1,100.*\nper second +95\.2 +95,238/)
  assert.not(terminal.written.includes('\x1b[31m'))
})

keyboardTest('a labelled key is one column, and e expands it, as new children come', () =>
  withKeyboard(async keyboard => {
    const monitor = await FakeMonitor.start()
    const terminal = new Terminal(100, 20)
    const watching = new Watch(monitor, terminal)
    await monitor.requested()
    const child = (name: string, labels: { [label: string]: string }) =>
      keyOf(name, { family: 'http.requests', labels })
    const keys = [child('http.requests', { status: 'other' }), child('200', { status: '200' })]
    const totals = (...values: number[]) =>
      Object.fromEntries(keys.map(({ keyId }, i) => [keyId, values[i] ?? 0]))
    monitor.send('keys', keys)
    monitor.send('reading', readingOf(1, totals(0, 5), [threadOf(1, totals(0, 5)), threadOf(2, {})]))
    await untilShown(terminal, /requests ▸[\s\S]*total +5/)
    await keyboard.press('e')
    await untilShown(terminal, /requests ▾ {2}200\n/)
    keys.push(child('404', { status: '404' }))
    monitor.send('keys', keys)
    monitor.send('reading', readingOf(2, totals(0, 105, 20)))
    const lines = await untilShown(terminal, /requests ▾ {2}200 {2}404\n/)
    assert.match(lines.join('\n'), /total +125 {2}105 +20\nper second +120 {2}100 +20/)
    assert.match(lines.join('\n'), /e collapses requests/)
    await keyboard.press('q')
    assert.equal(await watching.ended(), [0, ''])
    assert.not(keyboard.isRaw)
    monitor.stop()
  }),
)

test('--keys chooses keys by their names, and says so if there is none', async () => {
  const show = async (patterns: string[]) => {
    const monitor = await FakeMonitor.start()
    const terminal = new Terminal(120, 20)
    const watching = new Watch(monitor, terminal, { keys: patterns })
    await monitor.requested()
    monitor.send('keys', [
      ...['jobs.done', 'jobs.doneMs', 'jobs.file', 'jobs2.done', 'plain'].map(name => keyOf(name)),
      keyOf('http.requests', { family: 'http.requests', labels: { a: 'other' } }),
    ])
    monitor.send('reading', readingOf(1, {}))
    const [title, , heading] = await untilShown(terminal, /per second/)
    monitor.stop()
    await watching.ended()
    return [heading?.trim().split(/ {2,}/).slice(1).join(' '), title?.split(' · ').at(-1)]
  }
  const up = 'up 1 s'
  assert.equal(await show(['jobs']), ['done doneMs file', up])
  assert.equal(await show(['jobs.done']), ['done', up])
  assert.equal(await show(['jobs*.done*']), ['jobs.done jobs.doneMs jobs2.done', up])
  assert.equal(await show(['plain', 'http']), ['plain http.requests ▸', up])
  assert.equal(await show(['*']), ['jobs.done jobs.doneMs jobs.file jobs2.done plain http.requests ▸', up])
  assert.equal(await show(['job.', 'don']), [
    '',
    'no key is called job., don so far; there are jobs, jobs2, plain, …',
  ])
})

test('the title says that readings don’t come, and whose threads don’t get on', async () => {
  const monitor = await FakeMonitor.start()
  const terminal = new Terminal(160, 20)
  const watching = new Watch(monitor, terminal, { intervalMs: 100 })
  await monitor.requested()
  monitor.send('keys', [done])
  const stuck = (id: number) => threadOf(id, {}, { state: 'stuck', unchangedMs: 4000 })
  monitor.send('reading', readingOf(1, {}, [stuck(1), stuck(2), stuck(3), stuck(4), stuck(5)]))
  const [title] = await untilShown(terminal, /no reading for \d+ s/)
  assert.match(
    title ?? '',
    // A busy machine may draw later than after 3 s.
    / · up 1 s · no reading for ([3-9]|\d\d) s · thread 1 stuck for 4 s · .* · thread 3 stuck for 4 s · 2 more$/,
  )
  monitor.send('reading', readingOf(2, {}, [threadOf(1, {})]))
  await untilShown(terminal, / · 1 thread · up 2 s\n/)
  monitor.stop()
  assert.is((await watching.ended())[0], 0)
})

test('a connection that breaks is made again, and the table goes on', async () => {
  const { monitor, terminal, watching } = await showTen()
  monitor.cut()
  await monitor.requested(2)
  monitor.send('keys', [done, file])
  monitor.send('reading', readingOf(2, { [done.keyId]: 60 }))
  await untilShown(terminal, /total +60\nper second +50/)
  // What listens at the port now is another process.
  monitor.cut()
  await monitor.requested(3)
  monitor.send('keys', [done, file])
  monitor.send('reading', readingOf(1, { [done.keyId]: 1 }, [], { pid: 4243 }))
  const [status, stderr] = await watching.ended()
  assert.is(status, 0)
  assert.match(stderr, /is gone/)
  assert.match((await terminal.lines()).join('\n'), /total +60\n/)
  monitor.stop()
})

keyboardTest('another process may have other keys, and q works while there is no connection', () =>
  withKeyboard(async keyboard => {
    for (const pressesKey of [false, true]) {
      const { monitor, watching } = await showTen()
      monitor.cut()
      if (pressesKey) await keyboard.press('q')
      else {
        await monitor.requested(2)
        monitor.send('keys', [file])
      }
      const [status, stderr] = await watching.ended()
      assert.is(status, 0)
      assert.is(/is gone/.test(stderr), !pressesKey)
      monitor.stop()
    }
  }),
)

test('nonsense after readings leaves the last picture, and status 1', async () => {
  const { monitor, terminal, watching } = await showTen()
  monitor.send('reading', '<html>')
  assert.equal(await watching.ended(), [1, 'threadslots: the monitor sent a reading that is not JSON\n'])
  assert.match((await terminal.lines()).join('\n'), /total +10\n/)
  monitor.stop()
})

test('a pipe gets a line with the first rates, one for every tenth reading, and a last one', async () => {
  const monitor = await FakeMonitor.start()
  const stdout = new PassThrough()
  const watching = new Watch(monitor, stdout)
  await monitor.requested()
  monitor.send('keys', [done, file])
  for (let n = 0; n <= 13; n++) monitor.send('reading', readingOf(n / 2, { [done.keyId]: 10 * n * n }))
  let lines = ''
  while (lines.split('\n').length < 3) {
    const [chunk] = await once(stdout, 'data')
    lines += chunk
  }
  stdout.pause()
  monitor.stop()
  const [status] = await watching.ended()
  const start = `127.0.0.1:${monitor.requests[0]?.headers.host?.split(':')[1]} · pid 4242 · 0 threads`
  assert.is(status, 0)
  assert.equal((lines + textOf(stdout)).split('\n'), [
    `${start} · up 0 s  done 10 (20/s)`,
    `${start} · up 5 s  done 1,210 (420/s)`,
    `${start} · up 6 s  done 1,690 (260/s)`,
    '',
  ])
})

test('a reader that has gone ends the command quietly', async () => {
  const monitor = await FakeMonitor.start()
  const stdout = new PassThrough()
  const watching = new Watch(monitor, stdout)
  await monitor.requested()
  monitor.send('keys', [done])
  monitor.send('reading', readingOf(1, { [done.keyId]: 10 }))
  monitor.send('reading', readingOf(2, { [done.keyId]: 10 }))
  await once(stdout, 'data')
  stdout.destroy(new Error('EPIPE'))
  assert.equal(await watching.ended(), [0, ''])
  monitor.stop()
})

test('an error of the stream that is written to is thrown, not reported as one of the monitor', async () => {
  const monitor = await FakeMonitor.start()
  const stdout = new PassThrough()
  stdout.write = () => {
    throw new Error('broken')
  }
  const { status } = new Watch(monitor, stdout)
  await monitor.requested()
  monitor.send('keys', [done])
  monitor.send('reading', readingOf(1, { [done.keyId]: 10 }))
  monitor.send('reading', readingOf(2, { [done.keyId]: 10 }))
  const error = await status.catch((error: Error) => error.message)
  assert.is(error, 'broken')
  monitor.stop()
})

test('a monitor may be behind a path', async () => {
  for (const path of ['/behind', '/behind/']) {
    const monitor = await FakeMonitor.start(response => void response.writeHead(404).end())
    const [status] = await new Watch(monitor, new PassThrough(), { url: new URL(path, monitor.url) }).ended()
    assert.is(status, 1)
    assert.is(monitor.requests[0]?.url, '/behind/events?interval=500')
    monitor.stop()
  }
})

test('https is spoken to an address that says so', async () => {
  const server = createServer(socket => {
    socket.once('data', hello => {
      // A handshake of TLS.
      assert.is(hello[0], 22)
      socket.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const { status, stderr } = await run('top', `https://127.0.0.1:${port}`)
  server.close()
  assert.is(status, 1)
  assert.match(stderr, /^threadslots: no monitor at /)
})

test.run()
