// Facts about the slot types, written out here so that the library is not tested against its own constants.
import type { SlotType } from 'threadslots'

/** The least and the greatest value of each type that holds numbers. */
export const TYPE_RANGES: Readonly<
  Record<Exclude<SlotType, 'text'>, readonly [least: number | bigint, greatest: number | bigint]>
> = {
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
  f32: [-Infinity, Infinity],
  f64: [-Infinity, Infinity],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  u64: [0n, 2n ** 64n - 1n],
  u8: [0, 255],
  count: [0, 2 ** 53 - 1],
}

export const isBigintType = (type: SlotType): boolean => type === 'i64' || type === 'u64'
