// What several test files need.
import { SlotTable, type SlotType } from 'threadslots'
import * as assert from 'uvu/assert'
import { differenceOf } from './bytes.js'
import { randomFrom } from './random.js'

/** The same table as another thread sees it: an own object, with a thread id of its own. */
export function as(table: SlotTable, threadId: number, parentThreadId = -1): SlotTable {
  return SlotTable.from(table.buffer, { byteOffset: table.byteOffset, threadId, parentThreadId })
}

/** The least and the greatest value of each type: by themselves, not as the library has them. */
export const RANGES: Readonly<
  Record<SlotType, readonly [least: number | bigint, greatest: number | bigint]>
> = {
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
  f32: [-Infinity, Infinity],
  f64: [-Infinity, Infinity],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  u64: [0n, 2n ** 64n - 1n],
  u8: [0, 255],
}

export const isBigint = (type: SlotType): boolean => type === 'i64' || type === 'u64'

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
    const place = differenceOf(before, bytes)
    if (place >= 0) assert.unreachable(`${what} changed byte ${place}`)
  }
}

/** Whole numbers from 0 to below `limit`, the same for the same seed. */
export function seeded(seed: number): (limit: number) => number {
  const random = randomFrom(seed)
  return limit => Math.floor(random() * limit)
}
