// `/stack`: where the main thread is while it is blocked. This file's main thread is the one that gets blocked.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { monitor } from 'threadslots/monitor'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { SourceMaps } from '../../src/monitor/source-maps.js'
import { parseFrame, StackRoute } from '../../src/monitor/stack.js'
import { whyNoStack } from '../../src/monitor/stack-support.js'
import type { ThreadStatus } from '../../src/monitor/watcher.js'
import { skipOn } from '../../tools/testing/skip.js'
import { inCleanProcess, inProcess } from '../support/processes.js'
import type { Answer, AskData, Question, Ready } from '../support/workers/ask-stack.js'
import type { DebugData } from '../support/workers/debug-main-thread.js'
import type { DieData } from '../support/workers/die-asking.js'
import { endAll, ended, message, start } from '../support/workers.js'

const ELSEWHERE = 'it tells no thread where another is; the answer says so'
const testStack = skipOn({ bun: ELSEWHERE, deno: ELSEWHERE })

type Block = (signals: Int32Array, port: number) => void

/** Blocks this thread until a worker has the answers to its questions. */
async function askWhile(
  block: Block,
  questions: readonly Question[],
  data: Partial<AskData> = {},
): Promise<Answer[]> {
  const { signals = new Int32Array(new SharedArrayBuffer(8)) } = data
  const worker = start('ask-stack.js', { ...data, questions, signals } satisfies AskData)
  const { port } = await message<Ready>(worker)
  block(signals, port)
  const answers = await message<Answer[]>(worker)
  await ended(worker)
  return answers
}

function computeUntilReleased(signals: Int32Array): void {
  Atomics.store(signals, 0, 1)
  while (Atomics.load(signals, 1) === 0);
}

const JSON_QUESTION = { accept: 'application/json' }

interface Frame {
  readonly functionName?: string
  readonly url?: string
  readonly line?: number
  readonly column?: number
}

const isComputing = ({ functionName }: Frame): boolean => functionName === 'computeUntilReleased'

const framesIn = ({ status, text }: Answer): Frame[] => {
  assert.is(status, 200, text)
  return JSON.parse(text).frames
}

const first = (answers: readonly Answer[]): Answer => answers[0] as Answer

/** Asks a route in this thread. */
async function askHere(statuses: readonly ThreadStatus[], whyNot?: string, stack = true): Promise<Answer> {
  const route = new StackRoute({ statuses }, { stack }, whyNot)
  const server = createServer((request: IncomingMessage, response: ServerResponse) =>
    route.answer(request, response),
  )
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const text = await response.text()
  server.close()
  server.closeAllConnections()
  return { status: response.status, headers: Object.fromEntries(response.headers), text }
}

const main = (blockedMs?: number): ThreadStatus => ({
  threadId: 0,
  state: 'running',
  unchangedMs: 0,
  ...(blockedMs !== undefined && { blockedMs }),
})

testStack(
  'a monitor tells since when the main thread is blocked, and the functions that it is in',
  async () => {
    const { url, stop } = await monitor({ port: 0, stack: true })
    const before = Date.now()
    const compute = (signals: Int32Array) => [signals].map(computeUntilReleased)
    const answers = await askWhile(compute, [{ whileStatus: 409 }], { url: `${url}stack` })
    await stop()
    const { status, text } = first(answers)
    assert.is(status, 200, text)
    const [title, ...lines] = text.split('\n') as [string, ...string[]]
    const [, since, forMs] = title.match(
      /^The main thread has been blocked since (\S+), for (\d+) ms\. It told where it is within [\d.]+ ms\.$/,
    ) as string[]
    assert.ok(Number(forMs) >= 250, title)
    assert.ok(Math.abs(Date.parse(since as string) - before) < 10_000, title)
    assert.ok(lines.includes('    at Array.map (<anonymous>)'), text)
    // On top may be a function of the runtime.
    const frame = lines.find(line => line.includes('computeUntilReleased'))
    assert.match(
      frame as string,
      /^ {4}at computeUntilReleased \(file:\/\/.*\/monitor-stack\.test\.js:\d+:\d+\)$/,
    )
  },
)

testStack('JSON has the frames with function, file, line and column, and nothing else', async () => {
  const answers = await askWhile(computeUntilReleased, [JSON_QUESTION])
  const { frames, ...rest } = JSON.parse(first(answers).text)
  assert.equal(Object.keys(rest), ['since', 'forMs', 'answeredInMs'])
  const at = frames.findIndex(isComputing)
  assert.equal(Object.keys(frames[at]), ['functionName', 'url', 'line', 'column'])
  assert.match(frames[at + 1].functionName, 'askWhile')
})

testStack('the main thread is asked once per second, never twice at once, and not by HEAD', async () => {
  const [head, one, other, later] = (await askWhile(computeUntilReleased, [
    { method: 'HEAD' },
    { isAtOnce: true },
    {},
    { whileStatus: 429 },
  ])) as [Answer, Answer, Answer, Answer]
  assert.equal([head.status, head.headers.allow, head.text], [405, 'GET', ''])
  const [answered, refused] = one.status === 200 ? [one, other] : [other, one]
  assert.equal([answered.status, refused.status, refused.headers['retry-after']], [200, 429, '1'])
  assert.match(refused.text, 'the main thread is not interrupted so often; ask again in 1 s')
  assert.is(later.status, 200)
})

testStack('a thread in a regular expression or in Atomics.wait tells where it is', async () => {
  const matches = await askWhile(
    function match(signals) {
      Atomics.store(signals, 0, 1)
      while (Atomics.load(signals, 1) === 0) /^(a+)+$/.test(`${'a'.repeat(20)}b`)
    },
    [JSON_QUESTION],
  )
  assert.ok(
    framesIn(first(matches))
      .slice(0, 2)
      .some(({ functionName }) => functionName === 'match'),
    first(matches).text,
  )
  const waits = await askWhile(
    function wait(signals) {
      Atomics.store(signals, 0, 1)
      while (Atomics.load(signals, 1) === 0) Atomics.wait(signals, 1, 0, 50)
    },
    [JSON_QUESTION],
  )
  assert.ok(
    framesIn(first(waits)).some(({ functionName }) => functionName === 'wait'),
    first(waits).text,
  )
})

testStack(
  'a native call is not interrupted: the answer says so, and the thread runs on undisturbed',
  async () => {
    const answers = await askWhile(
      function callThenCompute(signals, port) {
        Atomics.store(signals, 0, 1)
        const code = `require('node:net').connect(${port}, '127.0.0.1').on('error', () => {}).on('close', () => process.exit())`
        spawnSync(process.execPath, ['-e', code])
        computeUntilReleased(signals)
      },
      [{}, {}, { ...JSON_QUESTION, whileStatus: 429, endsNative: true }],
      { isNative: true },
    )
    const [inCall, soon, afterwards] = answers as [Answer, Answer, Answer]
    assert.equal([inCall.status, soon.status, soon.headers['retry-after']], [504, 429, '2'])
    assert.match(inCall.text, /has not answered for 500 ms: it is in a native call .* last turned 300 ms ago/)
    assert.ok(framesIn(afterwards).some(({ functionName }) => functionName === 'callThenCompute'))
  },
)

testStack(
  'the program notices nothing: no microtask runs, and its stack formatter is kept and not called',
  async () => {
    const seen: string[] = []
    const formatter = () => {
      seen.push('formatter')
      return ''
    }
    const { prepareStackTrace, stackTraceLimit } = Error
    Error.prepareStackTrace = formatter
    Error.stackTraceLimit = 3
    const answers = await askWhile(
      signals => {
        const keys = Object.keys(globalThis)
        queueMicrotask(() => seen.push('microtask'))
        process.nextTick(() => seen.push('tick'))
        computeUntilReleased(signals)
        assert.equal([Error.prepareStackTrace, Error.stackTraceLimit], [formatter, 3])
        assert.equal(Object.keys(globalThis), keys)
        assert.equal(seen, [])
      },
      [JSON_QUESTION],
    ).finally(() => {
      Object.assign(Error, { prepareStackTrace, stackTraceLimit })
    })
    assert.ok(framesIn(first(answers)).some(isComputing))
  },
)

testStack('a thread that has become idle is said to be no longer blocked', async () => {
  const { status, text } = first(await askWhile(signals => Atomics.store(signals, 0, 1), [{}]))
  assert.equal([status, text], [409, 'the main thread is no longer blocked\n'])
})

testStack('an error in the main thread is quoted, without its stack', async () => {
  const { stackTraceLimit } = Error
  const refuse = () => {
    throw new TypeError('no limit')
  }
  const { status, text } = first(
    await askWhile(
      signals => {
        Object.defineProperty(Error, 'stackTraceLimit', { get: refuse, configurable: true })
        computeUntilReleased(signals)
        const value = { value: stackTraceLimit, writable: true, enumerable: true, configurable: true }
        Object.defineProperty(Error, 'stackTraceLimit', value)
      },
      [{}],
    ),
  )
  assert.is(status, 501)
  assert.match(text, /^the main thread can't be asked where it is: \w+: .+\n$/)
})

testStack('a frozen Error keeps its own limit and formatter', async () => {
  const text = await inCleanProcess(async () => {
    const { message, start } = await import('../support/workers.js')
    Object.freeze(Error)
    const signals = new Int32Array(new SharedArrayBuffer(8))
    const worker = start('ask-stack.js', { questions: [{}], signals })
    await message(worker)
    ;(function compute() {
      Atomics.store(signals, 0, 1)
      while (Atomics.load(signals, 1) === 0);
    })()
    return message<Answer[]>(worker).then(([answer]) => answer?.text)
  })
  assert.match(text as string, /\n {4}at compute \(file:/)
})

testStack("a debugger's pause is neither ended nor shown another pause", async () => {
  const signals = new Int32Array(new SharedArrayBuffer(8))
  const user = start('debug-main-thread.js', { signals } satisfies DebugData)
  assert.is(await message(user), 'attached')
  const seen = message(user)
  const answers = await askWhile(
    function pausedByUser(asking) {
      // biome-ignore lint/suspicious/noDebugger: the thread is to stop here.
      debugger
      Atomics.store(asking, 0, 1)
      computeUntilReleased(asking)
    },
    [JSON_QUESTION],
    // The thread that debugs sets the first signal when it sees the pause, and lets go when the second is set.
    { signals },
  )
  assert.is(framesIn(first(answers))[0]?.functionName, 'pausedByUser')
  assert.equal(await seen, ['paused', 'resumed by user'])
  await user.terminate()
})

testStack('the main thread runs on and ends, whenever the thread that asks dies', async () => {
  const rounds = await inCleanProcess(async () => {
    const { start } = await import('../support/workers.js')
    const compute = (ms: number) => {
      const until = performance.now() + ms
      while (performance.now() < until);
    }
    let rounds = 0
    for (const isTerminated of [true, false])
      for (let i = 0; i < 10; i++) {
        const signals = new Int32Array(new SharedArrayBuffer(8))
        const maxAnswers = isTerminated ? Infinity : 1
        const worker = start('die-asking.js', { signals, maxAnswers } satisfies DieData)
        const exit = new Promise(resolve => worker.once('exit', resolve))
        while (Atomics.load(signals, 0) === 0) await new Promise(resolve => setTimeout(resolve, 1))
        compute(i)
        if (isTerminated) worker.terminate()
        // It dies meanwhile.
        compute(15)
        await exit
        rounds++
      }
    return rounds
  })
  assert.is(rounds, 20)
})

testStack('a process that exits after a native call does not wait for whoever asked meanwhile', async () => {
  const { stderr, code } = await inProcess(async () => {
    const { message, start } = await import('../support/workers.js')
    const { spawnSync } = await import('node:child_process')
    const signals = new Int32Array(new SharedArrayBuffer(8))
    // The first question isn't answered; the second comes too early, and ends the call.
    const questions = [{}, { endsNative: true }]
    const worker = start('ask-stack.js', { signals, isNative: true, questions })
    const { port } = await message<Ready>(worker)
    Atomics.store(signals, 0, 1)
    spawnSync(process.execPath, ['-e', `require('node:net').connect(${port}).on('close', process.exit)`])
    process.exit(7)
  })
  assert.equal([stderr, code], ['', 7])
})

testStack('frames are mapped to their sources if source maps are enabled', async () => {
  process.setSourceMapsEnabled(true)
  const answers = await askWhile(computeUntilReleased, [JSON_QUESTION]).finally(() =>
    process.setSourceMapsEnabled(false),
  )
  const frame = framesIn(first(answers)).find(isComputing)
  assert.match(frame?.url as string, /^file:\/\/.*\/test\/integration\/monitor-stack\.test\.ts$/)
})

test('a thread that is not blocked is not interrupted', async () => {
  assert.equal(await askHere([main(249)]).then(({ status, text }) => [status, text]), [
    409,
    'the main thread is not blocked; its event loop last turned 249 ms ago\n',
  ])
})

testStack('a main thread that is not watched is not interrupted, as the answer explains', async () => {
  for (const statuses of [[], [main()], [{ ...main(5000), threadId: 1 }]]) {
    const { status, text } = await askHere(statuses)
    assert.is(status, 409)
    assert.match(text, 'call watchEventLoop() of threadslots/monitor in it')
  }
})

test('without the option, the answer tells how to enable it', async () => {
  const { status, text } = await askHere([main(5000)], undefined, false)
  assert.is(status, 403)
  assert.match(text, 'use monitor({ stack: true })')
})

test('Bun and Deno are told that they lack what it takes, and others what to do', async () => {
  const { status, text } = await askHere([main(5000)], 'because')
  assert.equal([status, text], [501, 'because\n'])
  assert.is(
    whyNoStack({ versions: { deno: '2.9.0' } }, true),
    "Deno 2.9.0 can't tell where another thread is; Node can",
  )
  assert.is(
    whyNoStack({ versions: { bun: '1.4.0' } }, true),
    "Bun 1.4.0 can't tell where another thread is; Node can",
  )
  assert.match(whyNoStack({ versions: {} }, false) as string, 'in the main thread')
  assert.is(whyNoStack({ versions: {} }, true), undefined)
})

test('with --permission, the main thread is only asked if the inspector is allowed', () => {
  const why = (isAllowed: boolean) =>
    whyNoStack({ versions: {}, permission: { has: scope => scope === 'inspector' && isAllowed } }, true)
  assert.match(why(false) as string, '--allow-inspector')
  assert.is(why(true), undefined)
})

skipOn({ node: 'it can tell where its main thread is' })(
  'a monitor on Bun or Deno explains itself',
  async () => {
    const { url, stop } = await monitor({ port: 0, stack: true })
    const response = await fetch(`${url}stack`)
    assert.equal([response.status, (await response.text()).includes('Node can')], [501, true])
    await stop()
  },
)

testStack('a runtime that refuses is quoted', async () => {
  // The main thread can't connect to itself.
  const { status, text } = await askHere([main(5000)])
  assert.is(status, 501)
  assert.match(text, /^the main thread can't be asked where it is: .*current thread is not a worker/i)
})

test('frames are parsed in all their forms', () => {
  const at = (url: string) => ({ url, line: 12, column: 5 })
  assert.equal(parseFrame('render (file:///a b/(x)/page.js:12:5)'), {
    functionName: 'render',
    place: at('file:///a b/(x)/page.js'),
  })
  assert.equal(parseFrame('C:\\app\\page.js:12:5'), { place: at('C:\\app\\page.js') })
  assert.equal(parseFrame('async file:///page.js:12:5'), { place: at('file:///page.js') })
  assert.equal(parseFrame('async Queue.push [as add] (/app/queue.js:12:5)'), {
    functionName: 'async Queue.push [as add]',
    place: at('/app/queue.js'),
  })
  assert.equal(parseFrame('Array.map (<anonymous>)'), { functionName: 'Array.map' })
  assert.equal(parseFrame('<anonymous>'), {})
})

testStack(
  'a source map is found beside the script or inside it; a script without a usable one stays as it is',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'threadslots-'))
    const map = { version: 3, sources: ['../src/a.ts'], names: [], mappings: 'AAAA;AAEE' }
    const inFolder = (name: string) => pathToFileURL(join(folder, name)).href
    const files: { [name: string]: string } = {
      'beside.js.map': JSON.stringify(map),
      'rooted.js.map': JSON.stringify({ ...map, sources: ['a.ts'], sourceRoot: 'https://example.org/src' }),
      'damaged.js.map': '{"version":3,',
      'unnamed.js.map': JSON.stringify({ ...map, sources: ['http://['] }),
      'long.js.map': JSON.stringify({ ...map, mappings: `AAAA${';'.repeat(1 << 20)}` }),
      'large.js.map': JSON.stringify({ ...map, sourcesContent: ['x'.repeat(4 << 20)] }),
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const script = (name: string, link: string) => {
      writeFileSync(join(folder, name), `"a"\n"b"\n//# sourceMappingURL=${link}\n`)
      return { url: inFolder(name), line: 2, column: 1 }
    }
    const maps = new SourceMaps()
    const mapped = (place: { url: string; line: number; column: number }) => maps.original(place)
    const source = (url: string) => ({ url, line: 3, column: 3 })
    const parent = new URL('../src/a.ts', inFolder('x')).href
    const base64 = Buffer.from(JSON.stringify(map)).toString('base64')
    const plain = encodeURIComponent(JSON.stringify(map))
    assert.equal(mapped(script('beside.js', 'beside.js.map')), source(parent))
    assert.equal(mapped(script('base64.js', `data:application/json;base64,${base64}`)), source(parent))
    assert.equal(mapped(script('plain.js', `data:application/json,${plain}`)), source(parent))
    assert.equal(mapped(script('rooted.js', 'rooted.js.map')), source('https://example.org/src/a.ts'))
    const path = join(folder, 'beside.js')
    assert.equal(mapped({ url: path, line: 2, column: 1 }), source(parent))

    const kept = ['damaged', 'unnamed', 'long', 'large', 'missing'].map(name =>
      script(`${name}.js`, `${name}.js.map`),
    )
    kept.push(script('folder.js', '.'), script('remote.js', 'https://example.org/remote.js.map'))
    writeFileSync(join(folder, 'plain-script.js'), '"a"\n')
    kept.push({ url: inFolder('plain-script.js'), line: 1, column: 1 })
    kept.push(
      { url: 'node:internal/timers', line: 1, column: 1 },
      { ...script('beside.js', 'beside.js.map'), line: 9 },
    )
    for (const place of kept.slice(0, -1)) assert.is(mapped(place), place, place.url)
    rmSync(folder, { recursive: true })
  },
)

test.after(endAll)

test.run()
