// The monitor's thread dies, runs out of memory, loses its port, and meets clients that are many, slow or malicious. In all of
// these cases the program goes on, and its counts stay exact.
//
// SEED repeats the random requests. RUNS sets their number; by default there are 10,000.
import { connect } from 'node:net'
import type { Worker } from 'node:worker_threads'
import { totals } from 'threadslots'
import { type Monitor, monitor } from 'threadslots/monitor'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { testMemoryExhaustion } from '../../tools/testing/skip.js'
import { runConcurrently } from '../support/concurrency.js'
import { jobs } from '../support/definitions/jobs.js'
import { inCleanProcess, inProcess } from '../support/processes.js'
import { randomIntegersFrom } from '../support/random.js'
import { addressOf, ask, open, requestOf } from '../support/raw-http.js'
import { settings } from '../support/settings.js'
import { ask as askWorker, endAll, message, start } from '../support/workers.js'

const seed = Number(settings.SEED ?? Date.now() % 2 ** 31)
const runs = Number(settings.RUNS ?? 10_000)
const WORKERS = 2

/** Runs `attack` on a monitor while workers count. Afterwards the counts must be exact, and the monitor must answer. */
async function whileCounting(attack: (monitor: Monitor) => Promise<void>): Promise<void> {
  const before = totals(jobs).done
  const workers = Array.from({ length: WORKERS }, () => start('count-until-told.js'))
  await Promise.all(workers.map(worker => message(worker)))
  const running = await monitor({ port: 0 })
  const warnings: string[] = []
  const onWarning = ({ message }: Error) => warnings.push(message)
  process.on('warning', onWarning)
  try {
    await attack(running)
    const counted = await Promise.all(workers.map(worker => askWorker<number>(worker, 'end')))
    const expected = counted.reduce((sum, count) => sum + count, before)
    assert.is(totals(jobs).done, expected)
    const address = addressOf(running.url)
    assert.is((await ask(address, '/health')).status, 200)
    const { body } = await ask(address, '/threads')
    assert.is(JSON.parse(body).totals['jobs.done'], expected)
    assert.equal(warnings, [])
  } finally {
    process.off('warning', onWarning)
    await running.stop()
    await endAll()
  }
}

/** The threads of monitors that are started from now on, in the order in which they start. */
function monitorThreads(): { readonly threads: Worker[]; whenStarted(count: number): Promise<Worker> } {
  const threads: Worker[] = []
  process.on('worker', worker => threads.push(worker))
  return {
    threads,
    async whenStarted(count) {
      while (threads.length < count) await new Promise(resolve => process.once('worker', resolve))
      return threads[count - 1] as Worker
    },
  }
}

/** Asks until somebody answers. */
async function whenAnswering({ url }: Monitor): Promise<void> {
  for (;;) {
    const answer = await ask(addressOf(url), '/health').catch(() => undefined)
    if (answer?.status === 200) return
    await new Promise(setImmediate)
  }
}

test('a monitor whose thread is killed is started again on the same port, and the program notices nothing', async () => {
  const { whenStarted } = monitorThreads()
  await whileCounting(async running => {
    const thread = await whenStarted(1 + WORKERS)
    await thread.terminate()
    await whenAnswering(running)
  })
})

test('when its thread dies a second time, a warning says so, and the program goes on', async () => {
  const seen = await inProcess(async () => {
    const { monitor } = await import('threadslots/monitor')
    const { addressOf, ask } = await import('../support/raw-http.js')
    const threads: Worker[] = []
    process.on('worker', worker => threads.push(worker))
    const { url, stop } = await monitor({ port: 0 })
    const whenWarned = new Promise<{ code: string; message: string }>(resolve => {
      process.on('warning', warning => resolve(warning as never))
    })
    await threads[0]?.terminate()
    while (threads.length < 2) await new Promise(setImmediate)
    for (;;) if (await ask(addressOf(url), '/health').catch(() => undefined)) break
    await threads[1]?.terminate()
    const { code, message } = await whenWarned
    await stop()
    return { code, message: message.replace(url, 'URL'), threads: threads.length }
  })
  assert.is(seen.code, 0)
  assert.equal(seen.result, {
    code: 'THREADSLOTS_MONITOR',
    message: 'the monitor at URL is gone: its thread died again (it ended); the program goes on without it',
    threads: 2,
  })
})

test('if its port is taken between death and restart, a warning names the port', async () => {
  const { result } = await inProcess(async () => {
    const { createServer } = await import('node:net')
    const { monitor } = await import('threadslots/monitor')
    let taker: ReturnType<typeof createServer> | undefined
    const threads: Worker[] = []
    const { port } = await (async () => {
      process.on('worker', worker => threads.push(worker))
      const { url } = await monitor({ port: 0 })
      return new URL(url)
    })()
    const whenWarned = new Promise<string>(resolve => {
      process.on('warning', ({ message }) => resolve(message))
    })
    // Before the monitor's own listener: the port is free, and the new thread hasn't begun to listen.
    const isTaken = new Promise<void>(resolve => {
      threads[0]?.prependOnceListener('exit', () => {
        taker = createServer().listen(Number(port), '127.0.0.1', resolve)
      })
    })
    await threads[0]?.terminate()
    await isTaken
    const warning = await whenWarned
    taker?.close()
    return { warning, port }
  })
  assert.match(
    result.warning,
    `its thread died (it ended), and then the monitor can't listen at 127.0.0.1, port ${result.port}: `,
  )
})

test('a monitor that is stopped isn’t started again, even if its thread has just died', async () => {
  const seen = await inCleanProcess(async () => {
    const { monitor } = await import('threadslots/monitor')
    const threads: Worker[] = []
    process.on('worker', worker => threads.push(worker))
    const dead = await monitor({ port: 0 })
    const isDead = threads[0]?.terminate()
    await dead.stop()
    await isDead
    const afterStop = threads.length
    const restarting = await monitor({ port: 0 })
    await threads[1]?.terminate()
    while (threads.length < 3) await new Promise(setImmediate)
    // The new thread starts.
    await restarting.stop()
    return [afterStop, threads.length]
  })
  assert.equal(seen, [1, 3])
})

testMemoryExhaustion('a monitor that runs out of memory dies alone', async () => {
  const { code, result, stderr } = await inProcess(async () => {
    const { createRequire, syncBuiltinESMExports } = await import('node:module')
    const threads = createRequire(import.meta.url)('node:worker_threads')
    // A heap that is large enough to start, and too small for 240,000 values.
    const { Worker } = threads
    threads.Worker = class extends Worker {
      constructor(file: URL, options: object) {
        super(file, {
          ...options,
          resourceLimits: { maxOldGenerationSizeMb: 20, maxYoungGenerationSizeMb: 1 },
        })
      }
    }
    syncBuiltinESMExports()
    const { SlotTable, setDefaultTable, threadLocal, totals } = await import('threadslots')
    const { monitor } = await import('threadslots/monitor')
    const { addressOf, ask } = await import('../support/raw-http.js')
    setDefaultTable(SlotTable.create({ maxThreads: 512, rowBytes: 8192, maxKeys: 1024 }))
    const schema = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [`some.long.name.${i}`, 'f64' as const]),
    )
    const local = threadLocal('jobs', { done: 'u32' })
    local.done = 3
    const { asThread } = await import('../support/as-thread.js')
    const { defaultTable } = await import('threadslots')
    for (let threadId = 1000; threadId < 1480; threadId++) {
      const thread = asThread(defaultTable(), threadId, 0)
      const row = thread.attach()
      for (const [name, type] of Object.entries(schema))
        row.slot(thread.key(name, type)).value = threadId + 0.1
    }
    const whenWarned = new Promise<string>(resolve => {
      process.on('warning', ({ message }) => resolve(message))
    })
    const { url } = await monitor({ port: 0 })
    const warned = { now: false }
    const warning = whenWarned.then(message => {
      warned.now = true
      return message
    })
    while (!warned.now) await ask(addressOf(url), '/threads').catch(() => undefined)
    return { warning: await warning, done: totals(local).done }
  })
  assert.is(code, 0, stderr)
  assert.is(result.done, 3)
  assert.match(
    result.warning,
    'is gone: its thread died again (Worker terminated due to reaching memory limit',
  )
})

test('1,000 open connections don’t keep others from being answered', () =>
  whileCounting(async ({ url }) => {
    const address = addressOf(url)
    const sockets = await runConcurrently(1000, 100, () => open(address))
    for (let i = 0; i < 20; i++) assert.is((await ask(address, '/health')).status, 200)
    for (const socket of sockets) socket.destroy()
  }))

test('slow readers and slow senders don’t keep others from being answered', () =>
  whileCounting(async ({ url }) => {
    const address = addressOf(url)
    const sockets = await runConcurrently(200, 50, () => open(address))
    sockets.forEach((socket, i) => {
      socket.pause()
      if (i % 4 === 0) socket.write('GET /thre')
      if (i % 4 === 1) socket.write('GET /threads HTTP/1.1\r\nHost: localhost\r\nX: ')
      if (i % 4 === 2) socket.write(requestOf('GET', '/threads').repeat(100))
      if (i % 4 === 3) socket.write(requestOf('GET', '/events?interval=100'))
    })
    for (let i = 0; i < 20; i++) assert.is((await ask(address, '/health')).status, 200)
    for (const socket of sockets) socket.destroy()
  }))

test(`${runs} malformed, hostile and nonsensical requests change nothing; seed ${seed}`, async () => {
  const random = randomIntegersFrom(seed)
  const oneOf = <T>(list: readonly T[]): T => list[random(list.length)] as T
  const bytes = (length: number) => String.fromCharCode(...Array.from({ length }, () => random(256)))
  const paths = [
    '/',
    '/health',
    '/threads',
    '/metrics',
    '/events',
    '/stack',
    '/page.js',
    '*',
    '',
    '//',
    '/../../etc/passwd',
  ]
  const path = () =>
    oneOf([
      () => oneOf(paths),
      () => `${oneOf(paths)}?${bytes(random(40))}`,
      () => `/events?interval=${oneOf(['-1', '1e9', '%', '\0', '0x', '100', '']) + bytes(random(3))}`,
      () => `http://${oneOf(['localhost', 'evil.example', '[::1', ''])}${oneOf(paths)}`,
      () => `/%${bytes(2)}%00%2e%2e%2f`,
      () => `/${'a'.repeat(random(9000))}`,
      () => `/${bytes(random(200))}`,
    ])()
  const method = () =>
    oneOf(['GET', 'GET', 'GET', 'HEAD', 'POST', 'CONNECT', 'OPTIONS', 'PRI', 'get', '', bytes(4)])
  const version = () =>
    oneOf(['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/9.9', 'http/1.1', ''])
  const header = () =>
    oneOf([
      () => `Host: ${oneOf(['localhost', '127.0.0.1', 'evil.example', '', bytes(8)])}`,
      () => `Upgrade: ${oneOf(['websocket', 'h2c', bytes(4)])}\r\nConnection: Upgrade`,
      () => `Expect: ${oneOf(['100-continue', 'everything'])}`,
      () => `Content-Length: ${oneOf(['0', '5', '-1', '1e3', '99999999999999999999', bytes(2)])}`,
      () => `Transfer-Encoding: ${oneOf(['chunked', 'gzip, chunked', 'identity', bytes(4)])}`,
      () => `Accept-Encoding: ${oneOf(['gzip', 'gzip;q=0', ',,;;', '\t'.repeat(random(3000))])}`,
      () => `Accept: ${oneOf(['application/openmetrics-text', '*/*', ';q=', bytes(9)])}`,
      () => `Sec-Fetch-Site: ${oneOf(['cross-site', 'none', bytes(3)])}`,
      () => `Connection: ${oneOf(['close', 'keep-alive', bytes(3)])}`,
      () => `${bytes(random(20))}: ${bytes(random(100))}`,
      () => ` folded\r\n\tagain`,
      () => `X: ${'y'.repeat(random(10_000))}`,
      () => bytes(random(60)),
    ])()
  const lineEnd = () => oneOf(['\r\n', '\r\n', '\r\n', '\n', '\r', '\0', ''])
  const body = () =>
    oneOf(['', '', 'abcde', '5\r\nabcde\r\n0\r\n\r\n', 'ffffffffffffffff\r\n', '-1\r\n', bytes(random(500))])
  const request = (): string => {
    if (random(20) === 0) return bytes(random(2000))
    const headers = ['Host: localhost', ...Array.from({ length: random(5) }, header)].slice(random(2))
    const end = random(4) ? '\r\n' : lineEnd()
    const text = `${method()} ${path()} ${version()}${end}${headers.map(line => line + end).join('')}${end}${body()}`
    return text.repeat(random(10) ? 1 : 1 + random(5))
  }

  await whileCounting(async ({ url }) => {
    const address = addressOf(url)
    let done = 0
    await runConcurrently(runs, 20, async () => {
      const socket = connect(address)
      const closed = new Promise(resolve => socket.on('close', resolve))
      socket.on('error', () => {})
      const bytes = Buffer.from(request(), 'latin1')
      const cut = random(bytes.length + 1)
      // In one piece or two, then the end: the client has nothing more to say, or is gone.
      socket.write(bytes.subarray(0, cut))
      if (random(2)) await new Promise(setImmediate)
      socket.write(bytes.subarray(cut))
      if (random(8)) socket.end()
      else socket.destroy()
      // What streams send is not read to the end.
      socket.once('data', () => random(2) && socket.destroy())
      socket.resume()
      const timer = setTimeout(() => socket.destroy(), 1000)
      await closed
      clearTimeout(timer)
      if (++done % 1000 === 0) assert.is((await ask(address, '/health')).status, 200, `after ${done}`)
    })
  })
})

test('while a table is damaged, answers say so, and the thread lives', async () => {
  const seen = await inCleanProcess(async () => {
    const { SlotTable, setDefaultTable, threadLocal } = await import('threadslots')
    const { monitor } = await import('threadslots/monitor')
    const { addressOf, ask } = await import('../support/raw-http.js')
    const table = SlotTable.create({ maxThreads: 8, rowBytes: 512, maxKeys: 16 })
    setDefaultTable(table)
    threadLocal('jobs', { done: 'u32' }).done++
    const threads: Worker[] = []
    process.on('worker', worker => threads.push(worker))
    const { url, stop } = await monitor({ port: 0 })
    const untilStatus = async (expected: number) => {
      for (;;) {
        const { status, body } = await ask(addressOf(url), '/health')
        if (status === expected) return body
      }
    }
    const bytes = new Uint8Array(table.buffer)
    const good = bytes.slice()
    // No directory entry is negative.
    bytes.fill(0xff, 128)
    const reason = await untilStatus(500)
    const others = []
    for (const path of ['/threads', '/events']) others.push((await ask(addressOf(url), path)).body)
    bytes.set(good)
    await untilStatus(200)
    await stop()
    return { reason, others, threads: threads.length }
  })
  assert.match(seen.reason, /^TypeError: key \d+ is damaged \(/)
  assert.equal(seen.others, [seen.reason, seen.reason])
  assert.is(seen.threads, 1)
})

test.after(endAll)
test.run()
