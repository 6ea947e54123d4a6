/*
 * Another thread's row, read in place.
 *
 * A thread has at most one row in its life, and ids never recur. So once a row names the thread as the owner of its values,
 * they are the thread's for as long as the claim names it too. A value counts if it was loaded before a look at the claim that
 * finds so.
 */
import { ownWord } from '../memory/fence.js'
import { blockAddress, LIVE, type Memory, presentAddress, ROW_LIVE_OWNER } from '../memory/layout.js'
import type { StoredKey } from '../memory/values.js'
import { LOW, load32, load64 } from '../memory/words.js'
import { ownerOf, usedRows } from './claims.js'

export class RemoteRow {
  readonly #memory: Memory
  readonly threadId: number
  /** −1 until the thread has a row. */
  #row = -1

  constructor(memory: Memory, threadId: number) {
    this.#memory = memory
    this.threadId = threadId
  }

  /** The address of the thread's value of a key; −1 if the thread has no row, or hasn't used the key. It never changes. */
  addressOf({ keyId, byteOffset }: StoredKey): number {
    const memory = this.#memory
    if (this.#row < 0) this.#row = this.#find()
    // An atomic load, so that the value is not loaded before it.
    return this.#row >= 0 && Atomics.load(memory.u8, this.#row + presentAddress(memory, 0, LIVE, keyId))
      ? this.#row + blockAddress(memory, 0, LIVE) + byteOffset
      : -1
  }

  /** A value that was loaded from such an address; undefined if the row may not have been the thread's any more. */
  checked<T>(value: T): T | undefined {
    // A fence, whose load is the one that matters.
    Atomics.store(ownWord, 0, 0)
    const owner = Atomics.load(this.#memory.i32, (this.#row >> 2) + LOW)
    return owner === this.threadId + 1 ? value : undefined
  }

  #find(): number {
    const memory = this.#memory
    const isOwn = (row: number) =>
      load32(memory, row + ROW_LIVE_OWNER) === this.threadId + 1 &&
      ownerOf(load64(memory, row)) === this.threadId
    return usedRows(memory).find(isOwn) ?? -1
  }
}
