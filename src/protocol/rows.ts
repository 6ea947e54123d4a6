/*
 * The life of a row: a thread claims it and prepares it for itself. Once that thread is dead and its row released, the next
 * thread claims it, and first folds what the dead thread left into the row's bank.
 *
 * The hazard: a thread can be terminated between any two instructions. So nothing is ever locked, and every step leaves a
 * row that readers can read and the next claimer can continue with:
 *
 *   owner dies     released       next claim          commit              live
 *   counted ------ counted ------ counted ----------- not counted ------- counted
 *   live: its      live: its      spare bank filled   bank flipped,       live: the new
 *   values         values         beside the active   live area zeroed    owner's values
 */
import { threadName } from '../host/current.js'
import {
  activeBank,
  BANK,
  blockAddress,
  COUNTED,
  GENERATION,
  LIVE,
  MAX_THREAD_NAME_BYTES,
  type Memory,
  presentAddress,
  RETIRED,
  ROW_LIVE_OWNER,
  ROW_STATE,
  ROW_THREAD_NAME,
  ROWS_USED,
  rowAddress,
} from '../memory/layout.js'
import { scratchOf } from '../memory/scratch.js'
import { bytesPerElement, identityOf, wideType } from '../memory/slot-types.js'
import { writeText } from '../memory/text.js'
import { copyElements, fillCopies, foldElements, storeCopies } from '../memory/values.js'
import { load32, load64, store32, store64 } from '../memory/words.js'
import { type Claimable, claimOne } from './claiming.js'
import { ownerOf, type Participant, usedRows } from './claims.js'
import type { KeyRegistry } from './keys.js'

const ROWS: Claimable = {
  name: 'rows',
  dimension: 'maxThreads',
  count: ({ maxThreads }) => maxThreads,
  addressOf: rowAddress,
  usedAddress: ROWS_USED,
}

/**
 * Returns the address of this thread's row: the one it already has, or the lowest free one, made ready.
 *
 * Only the thread itself may call it. It never waits. A crash at any point leaves the row to a release; the values of
 * earlier owners are then where they were, or already in the bank, and never in both.
 * @throws {RangeError} if every row is taken, even after a sweep.
 */
export function attachRow(participant: Participant, keys: KeyRegistry): number {
  const { memory, claim } = participant
  const owner = ownerOf(claim)
  const own = usedRows(memory).find(row => ownerOf(load64(memory, row)) === owner)
  const row = own ?? rowAddress(memory, claimOne(participant, ROWS, 0))
  const isPrepared =
    load32(memory, row + ROW_LIVE_OWNER) === owner + 1 && (load32(memory, row + ROW_STATE) & COUNTED) !== 0
  if (!isPrepared) prepareRow(memory, keys, row, owner)
  return row
}

/** Folds what the previous owner left, unless that is done already, and makes the live area the new owner's. */
function prepareRow(memory: Memory, keys: KeyRegistry, row: number, owner: number): void {
  let state = load32(memory, row + ROW_STATE)
  if (state & COUNTED) {
    foldIntoSpareBank(memory, keys, row, activeBank(state))
    // The commit: from this store on, the bank holds the dead thread's values and the live area doesn't.
    state = ((state ^ (BANK | COUNTED)) | RETIRED) + GENERATION
    store32(memory, row + ROW_STATE, state)
  }
  // A row without a previous owner is zero already; leaving it alone keeps its memory unused.
  if (load32(memory, row + ROW_LIVE_OWNER)) clearLive(memory, keys, row)
  nameRow(memory, row)
  store32(memory, row + ROW_LIVE_OWNER, owner + 1)
  store32(memory, row + ROW_STATE, (state | COUNTED) + GENERATION)
}

/** Writes this thread's name to its row. Only the owner may, at any time. */
export function nameRow(memory: Memory, row: number): void {
  writeText(memory, row + ROW_THREAD_NAME, MAX_THREAD_NAME_BYTES, threadName())
}

/** Writes active bank ⊕ live area to the spare bank, but for keys that are dropped. The active bank stays as it is. */
function foldIntoSpareBank(memory: Memory, keys: KeyRegistry, row: number, bank: number): void {
  const { u8 } = memory
  const spare = 1 - bank
  // Every key that an earlier owner used was published before that owner died, so the list contains it.
  for (const { type, fold, retire, length = 1, keyId, byteOffset } of keys.list()) {
    if (fold === 'none' || !retire) continue
    const wide = wideType(type)
    const scratch = scratchOf(memory, 2 * length, 0)
    const inBank = (block: number) => blockAddress(memory, row, block) + 2 * byteOffset
    fillCopies(scratch, wide, identityOf(type, fold), length, 0)
    let isPresent = 0
    for (const block of [bank, LIVE]) {
      if (!u8[presentAddress(memory, row, block, keyId)]) continue
      isPresent = 1
      if (block === LIVE) {
        const index = (blockAddress(memory, row, LIVE) + byteOffset) / bytesPerElement(type)
        copyElements(memory, scratch, type, index, 1, length, length)
      } else copyElements(memory, scratch, wide, inBank(bank) / 8, 1, length, length)
      foldElements(scratch, type, fold, length, length, 0)
    }
    if (isPresent) storeCopies(memory, scratch, wide, inBank(spare), length)
    u8[presentAddress(memory, row, spare, keyId)] = isPresent
  }
}

/** Zeroes what belongs to keys, with ordered stores: a reader that sees one of these zeros sees the commit before it. */
function clearLive(memory: Memory, keys: KeyRegistry, row: number): void {
  const end = blockAddress(memory, row, LIVE) + keys.usedBytes()
  // The present bytes lie right before the live area. Both blocks start and end at multiples of 8.
  for (let word = presentAddress(memory, row, LIVE, 0); word < end; word += 8) store64(memory, word, 0n)
}
