// What the monitor's thread does with a table that can or can't be read.
import { SlotTable } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { resolveOptions } from '../../src/monitor/options.js'
import type { ThreadData, ThreadMessage } from '../../src/monitor/start.js'
import { ask } from '../support/raw-http.js'
import { endAll, ended, message, start } from '../support/workers.js'

/** Starts the thread on a table. */
async function run(table: SlotTable, port = 0) {
  const options = { ...resolveOptions({ port, blockedMs: 250 }) }
  const data: ThreadData = {
    buffer: table.buffer as SharedArrayBuffer,
    byteOffset: 0,
    options,
    whyNoStack: undefined,
  }
  const worker = start('run-monitor.js', data)
  const answer = await message<ThreadMessage>(worker)
  const end = () => {
    const whenEnded = ended(worker)
    worker.postMessage('end')
    return whenEnded
  }
  return { answer, end }
}

const createTable = () => {
  const table = SlotTable.create({ maxThreads: 8, rowBytes: 512, maxKeys: 16 })
  table.attach().locals({ done: 'u32' }).done = 3
  return table
}

test('the thread answers with its port, and a second one at that port with what is wrong', async () => {
  const { answer, end } = await run(createTable())
  assert.ok('port' in answer)
  assert.is((await ask({ port: answer.port }, '/health')).status, 200)
  const second = await run(createTable(), answer.port)
  assert.is('code' in second.answer && second.answer.code, 'EADDRINUSE')
  await Promise.all([end(), second.end()])
})

test('while the table is damaged, answers say so; afterwards they are as before', async () => {
  const table = createTable()
  const { answer, end } = await run(table)
  assert.ok('port' in answer)
  const untilStatus = async (expected: number) => {
    for (;;) {
      const { status, body } = await ask(answer, '/threads')
      if (status === expected) return body
    }
  }
  const before = JSON.parse(await untilStatus(200)).totals
  const bytes = new Uint8Array(table.buffer)
  const good = bytes.slice()
  bytes.fill(0xff, 128)
  assert.match(await untilStatus(500), /^TypeError: key \d+ is damaged \(/)
  bytes.set(good)
  assert.equal(JSON.parse(await untilStatus(200)).totals, before)
  await end()
})

test('a table with too many values for one answer is refused with the limit', async () => {
  const table = SlotTable.create({ maxThreads: 1024, rowBytes: 16_384, maxKeys: 1024 })
  for (let i = 0; i < 250; i++) table.key(`key ${i}`, 'u32')
  for (let threadId = 1000; threadId < 2000; threadId++) {
    SlotTable.from(table.buffer, { threadId, parentThreadId: -1 }).attach()
  }
  const { answer, end } = await run(table)
  assert.ok('port' in answer)
  assert.is((await ask(answer, '/threads')).status, 200)
  table.key('one more', 'u32')
  for (const path of ['/threads', '/events']) {
    const { status, body } = await ask(answer, path)
    assert.equal(
      [status, body.replace(/\d+/g, 'N')],
      [
        500,
        'RangeError: the number of values, in N threads and N keys, is N; use at most N in one answer; /metrics and /health have no such limit\n',
      ],
    )
  }
  assert.is((await ask(answer, '/health')).status, 200)
  await end()
})

test('a table that can’t be read from the start is an error', async () => {
  const table = createTable()
  new Uint8Array(table.buffer).fill(0xff)
  const { answer, end } = await run(table)
  assert.ok('error' in answer)
  assert.match(answer.error, 'table')
  await end()
})

test.after(endAll)
test.run()
