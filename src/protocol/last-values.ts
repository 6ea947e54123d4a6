/*
 * What dead threads left in their rows.
 */
import { wrap } from '../memory/histogram.js'
import {
  COUNTED,
  LIVE,
  MAX_THREAD_NAME_BYTES,
  type Memory,
  ROW_LIVE_OWNER,
  ROW_STATE,
  ROW_THREAD_NAME,
} from '../memory/layout.js'
import type { Reading } from '../memory/schema.js'
import { readText } from '../memory/text.js'
import { readBlock } from '../memory/values.js'
import { load32 } from '../memory/words.js'
import { usedRows } from './claims.js'
import type { ThreadReading } from './fold.js'
import type { Field } from './keys.js'

/** The threads whose values rows still hold, whether they run or not. */
export const readLiveOwners = (memory: Memory): Set<number> =>
  new Set(usedRows(memory).map(row => load32(memory, row + ROW_LIVE_OWNER) - 1))

/**
 * The values of dead threads, by name, of the keys that each has used. Its row may be free by now, and even have a new owner,
 * as long as that hasn't folded the values yet. Threads that used none of the keys are left out.
 */
export function readLastValues(
  memory: Memory,
  fields: readonly Field[],
  threadIds: ReadonlySet<number>,
): ThreadReading[] {
  return usedRows(memory).flatMap(row => {
    const state = load32(memory, row + ROW_STATE)
    const threadId = load32(memory, row + ROW_LIVE_OWNER) - 1
    if (!threadIds.has(threadId) || (state & COUNTED) === 0) return []
    const values = fields.flatMap(([name, key]) => {
      const value = readBlock(memory, row, LIVE, key)
      return value === undefined ? [] : [[name, wrap(key, value) as Reading] as const]
    })
    const threadName = readText(memory, row + ROW_THREAD_NAME, MAX_THREAD_NAME_BYTES)
    // A row whose state has changed meanwhile has been folded: it may be another thread's.
    const isKept = load32(memory, row + ROW_STATE) === state && values.length > 0
    return isKept ? [{ threadId, ...(threadName && { threadName }), values: Object.fromEntries(values) }] : []
  })
}
