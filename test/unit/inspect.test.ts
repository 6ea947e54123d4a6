// console.log and util.inspect show the values of slots rather than their accessors.
import { inspect } from 'node:util'
import { SlotTable, threadLocal } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

test('inspect shows the values of a row’s locals, and their other properties', () => {
  const table = SlotTable.create({ maxThreads: 1 })
  const local = table.attach().locals({ hits: 'u32', sizes: { type: 'u32', length: 3 } }) as { db?: object }
  Object.assign(local, { hits: 5, db: new Map() })
  const shown = inspect({ nested: local })
  assert.match(shown, /hits: 5/)
  assert.match(shown, /Uint32Array\(3\) \[ 0, 0, 0 \]/)
  assert.not.match(shown, /Getter/)
  assert.match(inspect(local), /hits: 5/)
  assert.match(inspect(local), /db: Map/)
})

test('inspect shows a threadLocal as a plain object', () => {
  const local = threadLocal('shown', { hits: 'u32', ms: 'f64', sizes: { type: 'u32', length: 2 } })
  Object.assign(local, { hits: 3, ms: 0.5, note: 'private' })
  assert.is(inspect(local), "{ hits: 3, ms: 0.5, sizes: Uint32Array(2) [ 0, 0 ], note: 'private' }")
  assert.is(inspect({ local }, { depth: 0 }).includes('Getter'), false)
})

test('inspect shows a histogram’s figures', () => {
  const local = threadLocal('timed', { time: histogram({ min: 1, max: 100, digits: 1 }) })
  local.time.record(4)
  const figures = { count: 1, mean: 3.875, min: 3.875, max: 3.875, p50: 3.875, p90: 3.875, p99: 3.875 }
  assert.is(inspect(local), inspect({ time: figures }))
})

test.run()
