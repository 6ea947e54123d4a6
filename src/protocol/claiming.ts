/*
 * Claiming a row or a key record: the first one that is free, by one compare-and-swap.
 */
import { tableFull } from '../memory/errors.js'
import type { Dimensions, Memory } from '../memory/layout.js'
import { cas32, cas64, load32, load64 } from '../memory/words.js'
import { FREE, ownerOf, type Participant } from './claims.js'
import { ensureProbeable } from './liveness.js'
import { sweep } from './sweep.js'

/** What threads claim in a table: its rows, or its key records. */
export interface Claimable {
  readonly name: string
  /** The dimension that gives a table more of them. */
  readonly dimension: keyof Dimensions
  count(memory: Memory): number
  addressOf(memory: Memory, id: number): number
  /** Address of the word that says how many were ever claimed, at most: those from the first to the last. */
  readonly usedAddress: number
}

/**
 * Claims one for a thread, which other threads can probe from then on. If none is free, it sweeps and tries once more.
 * @param first where the search starts.
 * @returns its id.
 * @throws {RangeError} if none is free, even after the sweep.
 */
export function claimOne(participant: Participant, claimable: Claimable, first: number): number {
  const { memory, claim } = participant
  ensureProbeable(memory, ownerOf(claim))
  let id = claimFree(participant, claimable, first)
  if (id === undefined) {
    sweep(participant)
    id = claimFree(participant, claimable, first)
  }
  if (id !== undefined) return id
  throw tableFull(
    `all ${claimable.count(memory)} ${claimable.name} are taken; ` +
      `release dead threads, or create the table with a larger ${claimable.dimension}`,
  )
}

function claimFree(
  { memory, claim }: Participant,
  { count, addressOf, usedAddress }: Claimable,
  first: number,
): number | undefined {
  const ids = count(memory)
  for (let i = 0; i < ids; i++) {
    const id = (first + i) % ids
    const address = addressOf(memory, id)
    if (load64(memory, address) !== FREE) continue
    // Before claiming, so that a releaser sees everything that is claimed.
    raiseUsed(memory, usedAddress, id)
    if (cas64(memory, address, FREE, claim)) return id
  }
  return undefined
}

/** Makes the count of what was ever claimed cover an id. */
function raiseUsed(memory: Memory, usedAddress: number, id: number): void {
  for (let used = load32(memory, usedAddress); used <= id; used = load32(memory, usedAddress))
    cas32(memory, usedAddress, used, id + 1)
}
