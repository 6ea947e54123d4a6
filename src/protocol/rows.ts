/*
 * The life of a row: claimed by a thread, prepared for it, and, once that thread is dead and released,
 * claimed by the next, which first folds what the dead thread left into the row's bank.
 *
 * The hazard is a thread that is terminated between any two instructions. So nothing is ever locked, and
 * every step leaves a row that readers can read and the next claimer can go on with:
 *
 *   owner dies     released       next claim          commit              live
 *   counted ------ counted ------ counted ----------- not counted ------- counted
 *   live: its      live: its      spare bank filled   bank flipped        live: the
 *   values         values         beside the active   live area zeroed    new owner's
 */

import {
  BANK,
  bankOf,
  blockAddress,
  COUNTED,
  GENERATION,
  LIVE,
  type Memory,
  presentAddress,
  ROW_STATE,
  ROW_VALUES_OF,
  ROWS_USED,
  rowAddress,
} from '../memory/layout.js'
import { readBlock, writeBank } from '../memory/values.js'
import { load32, load64, store32, store64, swap32, swap64 } from '../memory/words.js'
import { FREE, ownerOf, usedRows } from './claims.js'
import type { KeyRegistry } from './keys.js'

/**
 * The row of this thread: the one it has, or the lowest that is free, made ready. Returns its address.
 *
 * Who may call it: a thread for itself. It never waits. A crash at any point leaves the row to
 * `releaseThread`; the values of earlier owners are then where they were, or already in the bank, once.
 * @throws {RangeError} if every row is taken.
 */
export function attachRow(memory: Memory, keys: KeyRegistry): number {
  const owner = ownerOf(keys.claim)
  const own = usedRows(memory).find(row => ownerOf(load64(memory, row)) === owner)
  const row = own ?? claimRow(memory, keys.claim)
  const isOurs = load32(memory, row + ROW_VALUES_OF) === owner + 1
  if (!isOurs || !(load32(memory, row + ROW_STATE) & COUNTED)) prepareRow(memory, keys, row, owner)
  return row
}

function claimRow(memory: Memory, claim: bigint): number {
  for (let rowId = 0; rowId < memory.maxThreads; rowId++) {
    const row = rowAddress(memory, rowId)
    if (load64(memory, row) !== FREE) continue
    // First this, then the claim: whoever looks for a dead thread's rows finds all of them. All rows below are
    // taken, and were covered before that; so the count is this row's at least, and one swap raises it.
    swap32(memory, ROWS_USED, rowId, rowId + 1)
    if (swap64(memory, row, FREE, claim)) return row
  }
  throw new RangeError(
    `all ${memory.maxThreads} rows are taken; release dead threads or use larger maxThreads`,
  )
}

/** Folds what the last owner left, if that is still to do; then makes the live area the new owner's. */
function prepareRow(memory: Memory, keys: KeyRegistry, row: number, owner: number): void {
  let state = load32(memory, row + ROW_STATE)
  if (state & COUNTED) {
    const bank = bankOf(state)
    // Every key that an earlier owner used was published before it died, so it is among these.
    for (const key of keys.list()) {
      // Spare bank = active bank ⊕ live area. The active bank stays as it is.
      const values = [bank, LIVE].map(block => readBlock(memory, row, block, key))
      if (key.fold !== 'none') writeBank(memory, row, 1 - bank, key, values)
    }
    // The commit: from this store on, the bank holds the dead thread's values and the live area does not.
    state = (state ^ (BANK | COUNTED)) + GENERATION
    store32(memory, row + ROW_STATE, state)
  }
  // A row that never had an owner is zero already: not to touch it keeps its memory unused.
  if (load32(memory, row + ROW_VALUES_OF)) clearLive(memory, keys, row)
  store32(memory, row + ROW_VALUES_OF, owner + 1)
  store32(memory, row + ROW_STATE, (state | COUNTED) + GENERATION)
}

/** Zeroes what belongs to keys, with ordered stores: a reader that sees a zero sees the commit before it. */
function clearLive(memory: Memory, keys: KeyRegistry, row: number): void {
  // So that `usedBytes` covers all keys.
  keys.list()
  const end = blockAddress(memory, row, LIVE) + keys.usedBytes
  // The present bytes come right before the live area. Both start and end at multiples of 8.
  for (let word = presentAddress(memory, row, LIVE, 0); word < end; word += 8) store64(memory, word, 0n)
}
