/*
 * Reading rows in any thread, while their owners write.
 *
 * A row is read between two loads of its state word. If the word changed in between, values moved from the live area to a
 * bank, and the row is read again. Each value is therefore seen exactly once, wherever it is. Several rows together are not
 * a snapshot of one instant: each row is as it was at some instant during the call.
 */
import {
  activeBank,
  COUNTED,
  LIVE,
  MAX_THREAD_NAME_BYTES,
  type Memory,
  ROW_LIVE_OWNER,
  ROW_STATE,
  ROW_THREAD_NAME,
} from '../memory/layout.js'
import { readText } from '../memory/text.js'
import { readBlock, type Value } from '../memory/values.js'
import { load32, load64 } from '../memory/words.js'
import { ownerOf, usedRows } from './claims.js'
import type { Field } from './keys.js'

/** One row at one instant. Values are in the order of the fields; undefined if the key is not used there. */
export interface RowReading {
  /** The thread whose the live values are; undefined if there are none. */
  readonly threadId: number | undefined
  /** True if that thread owns the row. Otherwise it is dead. */
  readonly isRunning: boolean
  /** Empty if the thread has no name, or if names weren't asked for. */
  readonly threadName: string
  readonly live: readonly (Value | undefined)[]
  readonly banked: readonly (Value | undefined)[]
}

/**
 * Reads all rows that were ever used. Lock-free: a row is read again only if a thread came or went meanwhile.
 * @param hasNames also reads the threads' names.
 */
export function readRows(memory: Memory, fields: readonly Field[], hasNames: boolean): RowReading[] {
  memory.beforeReading?.()
  const keys = fields.map(([, key]) => key)
  return usedRows(memory).map(row => {
    for (;;) {
      const state = load32(memory, row + ROW_STATE)
      const isCounted = (state & COUNTED) !== 0
      const liveOwner = load32(memory, row + ROW_LIVE_OWNER) - 1
      // Between a claim and its commit, the owner is the new thread while the live values are still the old one's.
      const isRunning = isCounted && ownerOf(load64(memory, row)) === liveOwner
      const live = isCounted ? keys.map(key => readBlock(memory, row, LIVE, key)) : []
      const banked = keys.map(key => readBlock(memory, row, activeBank(state), key))
      const threadName = (hasNames && readText(memory, row + ROW_THREAD_NAME, MAX_THREAD_NAME_BYTES)) || ''
      if (load32(memory, row + ROW_STATE) === state) {
        return { threadId: isCounted ? liveOwner : undefined, isRunning, threadName, live, banked }
      }
    }
  })
}
