/*
 * Whether threads do anything: their live areas are digested, and a digest that differs from the last one means that the
 * thread has stored something. No value is interpreted, so a row takes a few nanoseconds per key, whatever its type.
 */
import { fence } from '../memory/fence.js'
import {
  blockAddress,
  COUNTED,
  GENERATION,
  LIVE,
  MAX_THREAD_NAME_BYTES,
  type Memory,
  ROW_LIVE_OWNER,
  ROW_STATE,
  ROW_THREAD_NAME,
} from '../memory/layout.js'
import { readText } from '../memory/text.js'
import { load32, load64 } from '../memory/words.js'
import { ownerOf, usedRows } from './claims.js'
import type { KeyRegistry } from './keys.js'

/** A thread that owns a row and whose values are in it. */
export interface ThreadActivity {
  readonly threadId: number
  /** Empty if it has none; undefined if it changes it so often that it can't be read. */
  readonly threadName: string | undefined
  /** Differs from an earlier one if the thread has changed a slot since, but for one chance in 2³². */
  readonly digest: number
  /** Its value of the pulse key; 0 if it hasn't used it. */
  readonly pulse: number
}

/** How the rows of a table are used. */
export interface RowUsage {
  /** Number of rows that a thread owns. */
  readonly owned: number
  /** Number of threads whose values were in some row, and are no longer live. It never falls. */
  readonly ended: number
}

/** Looks at the rows of a table in any thread. It writes nothing, and never waits. */
export class RowActivity {
  readonly #registry: KeyRegistry
  readonly #pulseName: string
  #keyCount = 0
  /** Index of the first word of a live area that no key takes. */
  #end = 0
  /** Index of the pulse key's word; −1 while there is no such key. */
  #pulse = -1

  /**
   * @param pulseName the name of a u32 key in which threads count by themselves, whatever they do. So its changes don't show
   * in digests.
   */
  constructor(registry: KeyRegistry, pulseName: string) {
    this.#registry = registry
    this.#pulseName = pulseName
  }

  /** The running threads that have a row, in the order of their rows, and how all rows are used. */
  look(): RowUsage & { readonly threads: readonly ThreadActivity[] } {
    this.#findKeys()
    const threads: ThreadActivity[] = []
    let owned = 0
    let ended = 0
    for (const row of usedRows(this.#registry.memory)) {
      const { isOwned, ownersSoFar, thread } = this.#readRow(row)
      if (isOwned) owned++
      ended += ownersSoFar - (thread ? 1 : 0)
      if (thread) threads.push(thread)
    }
    return { threads, owned, ended }
  }

  /** Lock-free: the row is read again only if a thread came or went meanwhile. */
  #readRow(row: number): { isOwned: boolean; ownersSoFar: number; thread: ThreadActivity | undefined } {
    const { memory } = this.#registry
    for (;;) {
      const state = load32(memory, row + ROW_STATE)
      const owner = ownerOf(load64(memory, row))
      // If not, the values are a dead thread's, or nobody's.
      const isLive =
        (state & COUNTED) !== 0 && owner >= 0 && load32(memory, row + ROW_LIVE_OWNER) === owner + 1
      const thread = isLive ? this.#readThread(row, owner) : undefined
      fence()
      if (load32(memory, row + ROW_STATE) !== state) continue
      // The generation rises once when the first owner's values become live, and twice for each owner after it: at the commit,
      // and when its values become live.
      const ownersSoFar = (Math.floor((state >>> 0) / GENERATION) + 1) >> 1
      return { isOwned: owner >= 0, ownersSoFar, thread }
    }
  }

  #readThread(row: number, threadId: number): ThreadActivity {
    const { memory } = this.#registry
    const live = blockAddress(memory, row, LIVE) >> 2
    return {
      threadId,
      threadName: readText(memory, row + ROW_THREAD_NAME, MAX_THREAD_NAME_BYTES),
      digest: digestOf(memory, live, this.#end, this.#pulse),
      pulse: this.#pulse < 0 ? 0 : load32(memory, (live + this.#pulse) << 2),
    }
  }

  /** Takes in the keys that were created since the last look. */
  #findKeys(): void {
    const keys = this.#registry.list()
    if (keys.length === this.#keyCount) return
    this.#keyCount = keys.length
    this.#end = (this.#registry.usedBytes() + 3) >> 2
    const pulseKey = this.#registry.find(this.#pulseName)
    this.#pulse = pulseKey ? pulseKey.byteOffset >> 2 : -1
  }
}

/**
 * Digests the first words of a live area, except one. It starts with the last word, so that zeros at the end leave the digest
 * at 0: a new key, which other threads may create at any time, changes nothing before its first use.
 *
 * Each step is invertible: if one word differs, so does the digest. The shift carries differences of the highest bits, such as
 * signs, to the lower ones; multiplication alone would leave two of them to cancel each other.
 */
function digestOf({ i32 }: Memory, live: number, end: number, excepted: number): number {
  let digest = 0
  for (let i = end - 1; i >= 0; i--) {
    if (i === excepted) continue
    digest = Math.imul(digest ^ (i32[live + i] as number), 0x9e3779b1)
    digest ^= digest >>> 15
  }
  return digest
}
