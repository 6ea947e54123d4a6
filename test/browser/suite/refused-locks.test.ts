// A page to which the browser refuses Web Locks: it is warned once, and otherwise works as if there were none.

import { refusal } from './setup/refuse-locks.js'

// The package must be imported after that, so this comment keeps the imports in their order.

import { defaultTable, SlotTable, supervise, threadLocal, totals, whenSupervised } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endAll, start, until, valuesOf } from './start-worker.js'
import { defineJobs } from './tasks.js'

const warnings: unknown[] = []
const { warn } = console
console.warn = warning => warnings.push(warning)

test('a page to which Web Locks are refused is warned once, and told that it can’t supervise', async () => {
  assert.is(((await refusal) as DOMException).name, 'SecurityError')
  const local = threadLocal('alone', { n: 'u32' })
  local.n++
  const other = SlotTable.create({ maxThreads: 2 })
  const isTold = (error: unknown) => error instanceof TypeError && /release\(threadId\)/.test(error.message)
  for (const table of [defaultTable(), other]) {
    assert.ok(isTold(await whenSupervised(table).catch(error => error)))
    assert.throws(() => supervise(table), isTold)
  }
  assert.is(warnings.length, 1)
  assert.match(String(warnings[0]), "Web Locks aren't available here; call table.release(threadId)")
  assert.equal(totals(local), { n: 1 })
})

test('a page to which Web Locks are refused is not warned again when it hears of workers that have them', async () => {
  const jobs = defineJobs()
  const { buffer } = defaultTable()
  const thread = start('module', { buffer, first: 5 })
  await thread.isReady
  const { threadId = -1 } = valuesOf(jobs, thread) ?? {}
  thread.worker.terminate()
  assert.is(valuesOf(jobs, thread)?.n, 5)
  defaultTable().release(threadId)
  await until(() => !valuesOf(jobs, thread), 'its row is free')
  assert.equal([totals(jobs, 'retired').n, warnings.length], [5, 1])
})

test.after.each(endAll)
test.after(() => {
  console.warn = warn
})
test.run()
