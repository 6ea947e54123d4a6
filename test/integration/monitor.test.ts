// The monitor's thread in real programs: it starts, it stops, and it changes nothing about how the program ends.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { totals } from 'threadslots'
import { monitor } from 'threadslots/monitor'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { skipOn } from '../../tools/testing/skip.js'
import { jobs } from '../support/definitions/jobs.js'
import { inCleanProcess, inProcess } from '../support/processes.js'
import { addressOf, ask } from '../support/raw-http.js'
import { endAll, message, start } from '../support/workers.js'

const statusOf = async (url: string, path: string) => (await ask(addressOf(url), path)).status

/** Rejects with what `code` says if nobody listens there. */
const refusedBy = (url: string) =>
  ask(addressOf(url), '/health').then(
    ({ status }) => status,
    ({ code }) => code,
  )

test('the monitor answers at its URL until it is stopped, and its port is then free', async () => {
  const { url, stop } = await monitor({ port: 0 })
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/$/)
  for (const path of ['/', '/health', '/threads', '/page.js']) assert.is(await statusOf(url, path), 200, path)
  await stop()
  assert.is(await refusedBy(url), 'ECONNREFUSED')
  const { port } = addressOf(url)
  const again = await monitor({ port })
  assert.is(again.url, url)
  await Promise.all([again.stop(), again.stop()])
  await again.stop()
})

test('it listens on IPv6 addresses', async () => {
  const { url, stop } = await monitor({ port: 0, host: '::1' })
  assert.match(url, /^http:\/\/\[::1\]:\d+\/$/)
  assert.is(await statusOf(url, '/health'), 200)
  await stop()
})

test('it shows the threads of the process, and takes no row itself', async () => {
  jobs.done++
  const { url, stop } = await monitor({ port: 0 })
  const worker = start('follow-orders.js', { name: 'jobs', schema: { done: 'u32' } })
  await message(worker)
  const read = async () => JSON.parse((await ask(addressOf(url), '/threads')).body)
  let reading = await read()
  // The monitor looks for threads at intervals.
  while (reading.threads.length < 2) reading = await read()
  assert.is(reading.totals['jobs.done'], totals(jobs).done)
  assert.equal(
    reading.threads.map(({ threadId }: { threadId: number }) => threadId),
    [0, worker.threadId],
  )
  await stop()
  await endAll()
})

test('a port in use is an error that says what to do', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const error = await monitor({ port }).catch(error => error)
  assert.is(error.code, 'EADDRINUSE')
  assert.match(
    error.message,
    new RegExp(
      `^the monitor can't listen at 127.0.0.1, port ${port}: .*; choose another \`host\` or \`port\`; port 0 takes`,
    ),
  )
  server.close()
})

test('an address that this machine doesn’t have is an error', async () => {
  for (const host of ['192.0.2.1', 'nowhere.invalid']) {
    const error = await monitor({ port: 0, host }).catch(error => error)
    assert.match(error.message, `the monitor can't listen at ${host}, port 0: `)
  }
})

test('wrong options are errors, and start no thread', async () => {
  const error = await monitor({ port: 65_536 }).catch(error => error)
  assert.instance(error, RangeError)
})

test('two monitors in one process answer both, and stopping one leaves the other', async () => {
  const [first, second] = await Promise.all([monitor({ port: 0 }), monitor({ port: 0 })])
  await first.stop()
  assert.is(await statusOf(second.url, '/health'), 200)
  await second.stop()
})

test('awaiting monitor() keeps the process alive until it listens, and the monitor then doesn’t', async () => {
  const url = await inCleanProcess(async () => {
    const { monitor } = await import('threadslots/monitor')
    return (await monitor({ port: 0 })).url
  })
  assert.match(url, /^http:/)
})

test('a monitor that a worker starts shows the whole process, and ends with the worker', async () => {
  const seen = await inCleanProcess(async () => {
    const { Worker } = await import('node:worker_threads')
    const { threadLocal } = await import('threadslots')
    const { addressOf, ask } = await import('../support/raw-http.js')
    threadLocal('jobs', { done: 'u32' }).done = 3
    const code = `import('threadslots/monitor').then(async ({ monitor }) => {
      const { url } = await monitor({ port: 0 })
      require('node:worker_threads').parentPort.once('message', () => process.exit()).postMessage(url)
    })`
    const worker = new Worker(code, { eval: true })
    const url = await new Promise<string>(resolve => worker.once('message', resolve))
    const { totals } = JSON.parse((await ask(addressOf(url), '/threads')).body)
    const exited = new Promise(resolve => worker.once('exit', resolve))
    worker.postMessage('')
    await exited
    const after = await ask(addressOf(url), '/health').catch(({ code }) => code)
    return { done: totals['jobs.done'], after }
  })
  assert.equal(seen, { done: 3, after: 'ECONNREFUSED' })
})

test('a program with a monitor ends as it would without one', async () => {
  const returns = await inProcess(async () => {
    const { monitor } = await import('threadslots/monitor')
    await monitor({ port: 0 })
  })
  assert.equal([returns.code, returns.stderr], [0, ''])

  const exits = await inProcess(async () => {
    const { monitor } = await import('threadslots/monitor')
    await monitor({ port: 0 })
    process.exit(7)
  })
  assert.equal([exits.code, exits.stderr], [7, ''])

  const setsCode = await inProcess(async () => {
    const { monitor } = await import('threadslots/monitor')
    await monitor({ port: 0 })
    process.on('exit', () => process.exit(9))
  })
  assert.equal([setsCode.code, setsCode.stderr], [9, ''])

  const throws = await inProcess(async () => {
    const { monitor } = await import('threadslots/monitor')
    await monitor({ port: 0 })
    setImmediate(() => {
      throw new Error('as ordered')
    })
  })
  assert.is(throws.code, 1)
  assert.match(throws.stderr, 'as ordered')
})

test('a program may exit before its monitor listens', async () => {
  const { code, stderr } = await inProcess(async () => {
    const { monitor } = await import('threadslots/monitor')
    monitor({ port: 0 })
    setImmediate(() => process.exit(7))
  })
  assert.equal([code, stderr], [7, ''])
})

test('what the thread would print doesn’t reach the program’s output, nor are its streams opened', async () => {
  const opened = await inCleanProcess(async () => {
    const opened: string[] = []
    const streams = { stdout: process.stdout, stderr: process.stderr }
    for (const [name, stream] of Object.entries(streams)) {
      Object.defineProperty(process, name, {
        configurable: true,
        get() {
          opened.push(name)
          return stream
        },
      })
    }
    const { monitor } = await import('threadslots/monitor')
    await monitor({ port: 0 })
    const seen = [...opened]
    Object.defineProperty(process, 'stdout', { value: streams.stdout })
    return seen
  })
  assert.equal(opened, [])
})

skipOn({ bun: 'it has no permissions', deno: 'its permissions are other ones' })(
  'without the permission to start threads, the error names it',
  async () => {
    const [major = 0] = process.versions.node.split('.').map(Number)
    const flag = major < 24 ? '--experimental-permission' : '--permission'
    const { result } = await inProcess(async () => {
      const { monitor } = await import('threadslots/monitor')
      return monitor({ port: 0 }).catch(({ code, message }) => ({ code, message }))
    }, [flag, '--allow-fs-read=*', '--no-warnings'])
    assert.is((result as { code: string }).code, 'ERR_ACCESS_DENIED')
  },
)

test.after(endAll)
test.run()
