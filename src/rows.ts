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
import { FREE, ownerOf, rowsUsed, tryClaim } from './claims.js'
import type { KeyRegistry } from './keys.js'
import {
  BANK,
  COUNTED,
  GENERATION,
  LIVE,
  liveAddress,
  type Memory,
  presentAddress,
  ROWS_USED,
  rowAddress,
  stateAddress,
  valuesOfAddress,
} from './layout.js'
import { merge, readBlock, writeBank } from './values.js'
import { load32, load64, store8, store32, swap32 } from './words.js'

/** The active bank of a row in this state. */
export const bankOf = (state: number): number => (state & BANK) / BANK

/** Does the live area hold values that belong in folds? */
export const isCounted = (state: number): boolean => (state & COUNTED) !== 0

/**
 * The row of this thread: the one it has, or the lowest that is free, made ready.
 *
 * Who may call it: a thread for itself. It never waits. A crash at any point leaves the row to
 * `releaseThread`; the values of earlier owners are then where they were, or already in the bank, once.
 * @throws {RangeError} if every row is taken.
 */
export function attachRow(memory: Memory, keys: KeyRegistry, claim: bigint): number {
  const threadId = ownerOf(claim)
  const rowId = findRow(memory, threadId) ?? claimRow(memory, claim)
  const isOurs = load32(memory, valuesOfAddress(memory, rowId)) === threadId + 1
  if (!isOurs || !isCounted(load32(memory, stateAddress(memory, rowId))))
    prepareRow(memory, keys, rowId, threadId)
  return rowId
}

function findRow(memory: Memory, threadId: number): number | undefined {
  for (let rowId = 0; rowId < rowsUsed(memory); rowId++) {
    if (ownerOf(load64(memory, rowAddress(memory, rowId))) === threadId) return rowId
  }
  return undefined
}

function claimRow(memory: Memory, claim: bigint): number {
  for (let rowId = 0; rowId < memory.maxThreads; rowId++) {
    const address = rowAddress(memory, rowId)
    if (load64(memory, address) !== FREE) continue
    // First this, then the claim: whoever looks for a dead thread's rows finds all of them.
    raiseRowsUsed(memory, rowId + 1)
    if (tryClaim(memory, address, claim)) return rowId
  }
  throw new RangeError(
    `all ${memory.maxThreads} rows are taken; create the table with a larger maxThreads, or release dead threads`,
  )
}

function raiseRowsUsed(memory: Memory, rows: number): void {
  let used = load32(memory, ROWS_USED)
  while (used < rows && !swap32(memory, ROWS_USED, used, rows)) used = load32(memory, ROWS_USED)
}

/** Folds what the last owner left, if that is still to do; then makes the live area the new owner's. */
function prepareRow(memory: Memory, keys: KeyRegistry, rowId: number, threadId: number): void {
  const address = stateAddress(memory, rowId)
  let state = load32(memory, address)
  if (isCounted(state)) {
    foldIntoSpareBank(memory, keys, rowId, bankOf(state))
    // The commit: from this store on, the bank holds the dead thread's values and the live area does not.
    state = ((state ^ BANK) & ~COUNTED) + GENERATION
    store32(memory, address, state)
  }
  const valuesOf = valuesOfAddress(memory, rowId)
  // A row that never had an owner is zero already: not to touch it keeps its memory unused.
  if (load32(memory, valuesOf) !== 0) clearLive(memory, keys, rowId)
  store32(memory, valuesOf, threadId + 1)
  store32(memory, address, (state | COUNTED) + GENERATION)
}

/** Spare bank = active bank ⊕ live area, for all keys that fold. The active bank stays as it is. */
function foldIntoSpareBank(memory: Memory, keys: KeyRegistry, rowId: number, activeBank: number): void {
  for (const key of keys.list()) {
    if (key.fold === 'none') continue
    const banked = readBlock(memory, rowId, activeBank, key)
    const live = readBlock(memory, rowId, LIVE, key)
    writeBank(memory, rowId, 1 - activeBank, key, merge(key, banked, live))
  }
}

/** Zeroes what belongs to keys, with ordered stores: a reader that sees a zero sees the commit before it. */
function clearLive(memory: Memory, keys: KeyRegistry, rowId: number): void {
  for (const { keyId } of keys.list()) store8(memory, presentAddress(memory, rowId, LIVE, keyId), 0)
  const live = liveAddress(memory, rowId)
  for (let byte = 0; byte < keys.usedBytes; byte += 4) store32(memory, live + byte, 0)
}
