/*
 * The state in which scenarios begin. Its rows are in every state that the protocol distinguishes:
 *
 *   row 0       thread 1, running. This is its default table. It has not used `w.base` and `w.v`.
 *   row 1       free. Its live area holds the values of dead thread 3, and its bank those of thread 2 before it.
 *   rows 2 – 4  thread 4, which made the keys; its child 5; its grandchild 6. All are running.
 *   rows 5 – 8  never owned by any thread.
 */

import { setThreadName } from '../../../src/host/current.js'
import { setDefaultTable } from '../../../src/local/default-table.js'
import { type ThreadLocal, threadLocal } from '../../../src/local/thread-local.js'
import { SlotTable } from '../../../src/table/slot-table.js'
import { attachAndUse, BEFORE_CARRY, describeKey, openAs, release, SCHEMA, set } from './actions.js'
import { dimensions } from './dimensions.js'
import { failingFast } from './progress.js'
import { buffer, type Checkpoint, current, takeCheckpoint } from './state.js'
import { makeSteppable } from './stepping.js'

function buildInitialState(): ThreadLocal<typeof SCHEMA> {
  // Thread 1's objects live as long as the process, so `totals` and `sampler` can be stepped through.
  const table = makeSteppable(() =>
    SlotTable.create({ ...dimensions, buffer, threadId: 1, parentThreadId: -1 }),
  )
  const fields = openAs(4).registry.internAll(SCHEMA, 'w')
  for (const [, key] of fields) {
    current.history = current.history.with({ kind: 'key', name: key.name, key: describeKey(key) })
  }
  current.history = current.history.with({ kind: 'attach', threadId: 1 })
  setThreadName('1')
  makeSteppable(() => setDefaultTable(table))
  const local = makeSteppable(() => threadLocal('w', SCHEMA))
  setThreadName('')
  set(1, 'w.n', 100, () => {
    local.n = 100
  })
  set(1, 'w.low', 50, () => {
    local.low = 50
  })
  set(1, 'w.c', BEFORE_CARRY, () => {
    local.c = BEFORE_CARRY
  })
  set(1, 'w.busy', 7, () => {
    local.busy = 7
  })
  set(1, 'w.file', 'wxyz', () => {
    local.file = 'wxyz'
  })
  attachAndUse(2, 2)
  attachAndUse(4, 40)
  attachAndUse(5, 5000, 4)
  attachAndUse(6, 600, 5)
  release(2)
  attachAndUse(3, 30000)
  release(3)
  return local
}

/** Thread 1's thread-local object. Reading totals through it reads the buffer as it is at that moment. */
export const local1: ThreadLocal<typeof SCHEMA> = failingFast('initial state', buildInitialState)

export const initialState: Checkpoint = takeCheckpoint()
