// What several test files need.
import { type Dimensions, type Row, SlotTable } from 'threadslots'
import * as assert from 'uvu/assert'
import { rowAddress } from '../src/layout.js'
import { randomFrom } from './workers/run.js'

/** The same table as another thread sees it: an own object, with a thread id of its own. */
export function as(table: SlotTable, threadId: number, parentThreadId = -1): SlotTable {
  return SlotTable.from(table.buffer, { byteOffset: table.byteOffset, threadId, parentThreadId })
}

/** The ordinal of a row in a table of these dimensions. */
export function rowIdOf({ byteOffset }: SlotTable, row: Row, dimensions: Dimensions): number {
  const [first, second] = [rowAddress(dimensions, 0), rowAddress(dimensions, 1)]
  return Math.floor((row.u8.byteOffset - byteOffset - first) / (second - first))
}

/** The error's class, and the word or number in its message that matters; the sentence is free. */
export function throws(
  run: () => unknown,
  Kind: typeof TypeError | typeof RangeError,
  words: RegExp = /./,
): void {
  let outcome: unknown
  try {
    outcome = run()
  } catch (error) {
    assert.ok(error instanceof Kind, `expected a ${Kind.name}, got ${error}`)
    assert.match(error.message, words)
    return
  }
  assert.unreachable(`expected a ${Kind.name}, got ${String(outcome)}`)
}

/** Notes all bytes of a buffer; the result asserts that they are still the same. */
export function unchanged(buffer: ArrayBufferLike): (what?: string) => void {
  const bytes = new Uint8Array(buffer)
  const before = bytes.slice()
  return (what = '') => {
    if (Buffer.compare(before, bytes) === 0) return
    assert.unreachable(`${what} changed byte ${bytes.findIndex((byte, i) => byte !== before[i])}`)
  }
}

/** Whole numbers from 0 to below `limit`, the same for the same seed. */
export function seeded(seed: number): (limit: number) => number {
  const random = randomFrom(seed)
  return limit => Math.floor(random() * limit)
}
