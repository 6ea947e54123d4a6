// `node --import threadslots/monitor/auto`, in programs of their own.
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Completion, run } from '../../tools/child-process.js'
import { RUNTIME } from '../../tools/testing/runtime.js'
import { skipOn } from '../../tools/testing/skip.js'

const AUTO = 'threadslots/monitor/auto'
/** In the package, so that the program finds the package by its name. */
const fileOf = (name: string) => fileURLToPath(new URL(`${name}-${process.pid}.mjs`, import.meta.url))

interface RunOptions {
  readonly monitor: string
  readonly nodeOptions?: boolean
}

/** Runs a program with a monitor. */
async function runProgram(source: string, { monitor, nodeOptions = false }: RunOptions): Promise<Completion> {
  const file = fileOf('program')
  writeFileSync(file, source)
  const env = {
    ...process.env,
    THREADSLOTS_MONITOR: monitor,
    ...(nodeOptions && { NODE_OPTIONS: `--import=${AUTO}` }),
  }
  const args = nodeOptions ? [file] : [`--import=${AUTO}`, file]
  const completion = await run(process.execPath, args, { env })
  rmSync(file)
  return completion
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => probe.once('listening', resolve))
  const { port } = probe.address() as { port: number }
  await new Promise(resolve => probe.close(resolve))
  return port
}

/** The line that a monitor with port 0 writes. */
const URL_LINE = /^threadslots: the monitor of process (\d+) is at (http:\/\/\S+)$/gm

/** Waits until something has been written to stderr. To be part of a program. */
const WHEN_WRITTEN = `
  const whenWritten = new Promise(resolve => {
    const { write } = process.stderr
    process.stderr.write = (text, ...more) => (resolve(String(text)), write.call(process.stderr, text, ...more))
  })`

const WHEN_WARNED = `const whenWarned = new Promise(resolve => process.on('warning', resolve))
  const timer = setInterval(() => {}, 1000)
  whenWarned.then(() => clearInterval(timer))`

const testImport = skipOn({ deno: '--import takes files there, and no entries of packages' })
/** Bun doesn't read NODE_OPTIONS. */
const WAYS = RUNTIME === 'bun' ? [false] : [false, true]

testImport(
  'with port 0, a line on stderr says where the monitor is, and everything is shown there',
  async () => {
    for (const nodeOptions of WAYS) {
      const { exitCode, stdout, stderr } = await runProgram(
        `${WHEN_WRITTEN}
      import { threadLocal } from 'threadslots'
      threadLocal('jobs', { done: 'u32' }).done = 3
      const timer = setInterval(() => {}, 1000)
      const url = (await whenWritten).match(/http\\S+/)[0]
      const { totals } = await (await fetch(url + 'threads')).json()
      console.log(JSON.stringify({ totals, url, pid: process.pid }))
      clearInterval(timer)`,
        { monitor: '0', nodeOptions },
      )
      assert.is(exitCode, 0, stderr)
      const { totals, url, pid } = JSON.parse(stdout)
      assert.is(totals['jobs.done'], 3)
      assert.is(stderr, `threadslots: the monitor of process ${pid} is at ${url}\n`)
    }
  },
)

testImport('a program may set its default table, as without a monitor', async () => {
  const { exitCode, stdout, stderr } = await runProgram(
    `${WHEN_WRITTEN}
    import { SlotTable, setDefaultTable, threadLocal } from 'threadslots'
    await new Promise(resolve => setTimeout(resolve, 50))
    setDefaultTable(SlotTable.create({ maxThreads: 4, maxKeys: 16 }))
    threadLocal('jobs', { done: 'u32' }).done = 3
    const timer = setInterval(() => {}, 1000)
    const url = (await whenWritten).match(/http\\S+/)[0]
    console.log(JSON.stringify((await (await fetch(url + 'threads')).json()).totals))
    clearInterval(timer)`,
    { monitor: '0' },
  )
  assert.is(exitCode, 0, stderr)
  assert.equal(JSON.parse(stdout), { 'jobs.done': 3 })
})

testImport('a main thread that never returns to its event loop is seen to be blocked', async () => {
  const port = await findFreePort()
  const { exitCode, stdout, stderr } = await runProgram(
    `import { Worker } from 'node:worker_threads'
    import { threadLocal } from 'threadslots'
    threadLocal('jobs', { done: 'u32' })
    const isSeen = new Int32Array(new SharedArrayBuffer(4))
    const source = \`
      const { writeSync } = require('node:fs')
      const { workerData: isSeen } = require('node:worker_threads')
      const ask = async () => {
        const response = await fetch('http://127.0.0.1:${port}/health').catch(() => undefined)
        if (response?.status !== 503) return setTimeout(ask, 20)
        const { threads } = await response.json()
        writeSync(1, threads.map(({ threadId, state }) => threadId + ' ' + state).join())
        Atomics.store(isSeen, 0, 1)
      }
      ask()\`
    new Worker(source, { eval: true, workerData: isSeen })
    while (Atomics.load(isSeen, 0) === 0);`,
    { monitor: `{"port":${port},"blockedMs":250}` },
  )
  assert.equal([exitCode, stdout, stderr], [0, '0 blocked', ''])
})

test('a program that imports it late has a monitor at once', async () => {
  const file = fileOf('late')
  writeFileSync(
    file,
    `${WHEN_WRITTEN}
    import { threadLocal } from 'threadslots'
    threadLocal('jobs', { done: 'u32' }).done = 3
    await import('${AUTO}')
    const timer = setInterval(() => {}, 1000)
    const url = (await whenWritten).match(/http\\S+/)[0]
    console.log(JSON.stringify((await (await fetch(url + 'threads')).json()).totals))
    clearInterval(timer)`,
  )
  const env = { ...process.env, THREADSLOTS_MONITOR: '0' }
  const { exitCode, stdout, stderr } = await run(process.execPath, [file], { env })
  rmSync(file)
  assert.is(exitCode, 0, stderr)
  assert.equal(JSON.parse(stdout), { 'jobs.done': 3 })
})

testImport('a program that doesn’t use the package has a monitor, too', async () => {
  const { exitCode, stdout } = await runProgram(
    `${WHEN_WRITTEN}
    const timer = setInterval(() => {}, 1000)
    const url = (await whenWritten).match(/http\\S+/)[0]
    console.log((await fetch(url + 'health')).status)
    clearInterval(timer)`,
    { monitor: '0' },
  )
  assert.equal([exitCode, stdout], [0, '200\n'])
})

testImport('workers, which inherit --import, start no monitor', async () => {
  for (const nodeOptions of WAYS) {
    const { exitCode, stderr } = await runProgram(
      `import { isMainThread, Worker } from 'node:worker_threads'
      import { threadLocal } from 'threadslots'
      threadLocal('jobs', { done: 'u32' })
      if (isMainThread) {
        ${WHEN_WRITTEN}
        const timer = setInterval(() => {}, 1000)
        await whenWritten
        clearInterval(timer)
        for (let i = 0; i < 2; i++) new Worker(new URL(import.meta.url))
      } else {
        // Longer than it takes to start a monitor.
        setTimeout(() => {}, 300)
      }`,
      { monitor: '0', nodeOptions },
    )
    assert.is(exitCode, 0)
    assert.is(stderr.match(URL_LINE)?.length, 1, stderr)
  }
})

testImport('a program that ends at once ends as without a monitor', async () => {
  const { exitCode, stdout, stderr } = await runProgram(`process.exitCode = 7`, { monitor: '0' })
  assert.equal([exitCode, stdout, stderr], [7, '', ''])
})

testImport('a wrong value is a warning, and the program goes on', async () => {
  for (const [monitor, words] of [
    ['port', "THREADSLOTS_MONITOR is 'port'; use a port, 9464; "],
    ['65536', 'port is 65536; use a whole number from 0 to 65535'],
    ['{"prot":1}', "an option is 'prot'; use port, "],
    ['null', 'options is null; use an object'],
    ['nowhere.invalid:0', "the monitor can't listen at nowhere.invalid, port 0"],
  ] as const) {
    const { exitCode, stdout, stderr } = await runProgram(
      `${WHEN_WARNED}
      const { code, message } = await whenWarned
      console.log(JSON.stringify([code, message]))`,
      { monitor },
    )
    assert.is(exitCode, 0, stderr)
    const [code, message] = JSON.parse(stdout)
    assert.is(code, 'THREADSLOTS_MONITOR')
    assert.ok(message.startsWith(words), message)
    assert.match(message, /; the program goes on without a monitor$/)
  }
})

testImport('in a cluster with port 0, each process says where its monitor is', async () => {
  const { exitCode, stderr } = await runProgram(
    `import cluster from 'node:cluster'
    ${WHEN_WRITTEN}
    const timer = setInterval(() => {}, 1000)
    if (cluster.isPrimary) {
      const workers = [cluster.fork(), cluster.fork()]
      await Promise.all(workers.map(worker => new Promise(resolve => worker.on('exit', resolve))))
    }
    const line = await whenWritten
    clearInterval(timer)
    const [, pid, url] = line.match(/process (\\d+) is at (\\S+)/)
    const reading = await (await fetch(url + 'threads')).json()
    if (Number(pid) !== process.pid || reading.pid !== process.pid) process.exitCode = 1
    if (cluster.isWorker) cluster.worker.disconnect()`,
    { monitor: '0' },
  )
  assert.is(exitCode, 0, stderr)
  const lines = [...stderr.matchAll(URL_LINE)]
  assert.is(new Set(lines.map(([, pid]) => pid)).size, 3)
  assert.is(new Set(lines.map(([, , url]) => url)).size, 3)
})

testImport('of several processes with one port, the first has the monitor, and the others warn', async () => {
  const port = await findFreePort()
  const { exitCode, stdout, stderr } = await runProgram(
    `import cluster from 'node:cluster'
    const timer = setInterval(() => {}, 1000)
    if (cluster.isPrimary) {
      for (;;) if (await fetch('http://127.0.0.1:${port}/health').catch(() => undefined)) break
      const workers = [cluster.fork(), cluster.fork()]
      await Promise.all(workers.map(worker => new Promise(resolve => worker.on('exit', resolve))))
      console.log((await (await fetch('http://127.0.0.1:${port}/threads')).json()).pid === process.pid)
    } else {
      const { message } = await new Promise(resolve => process.on('warning', resolve))
      console.log(message)
      cluster.worker.disconnect()
    }
    clearInterval(timer)`,
    { monitor: String(port) },
  )
  assert.is(exitCode, 0, stderr)
  const lines = stdout.trim().split('\n')
  assert.is(lines.at(-1), 'true')
  assert.is(lines.length, 3)
  for (const line of lines.slice(0, 2))
    assert.match(line, `the monitor can't listen at 127.0.0.1, port ${port}: `)
})

test.run()
