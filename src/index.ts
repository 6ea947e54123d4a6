export { defaultTable, useTable } from './default-table.js'
export type { Scope, ThreadReading } from './fold.js'
export type { Slot, VectorSlot } from './handles.js'
export type { Key } from './keys.js'
export type { Dimensions, Fold, SlotType } from './layout.js'
export { type ThreadLocal, threadLocal, threadLocalClass } from './local.js'
export {
  onThreadExit,
  perThread,
  type Sample,
  sampler,
  type ThreadExit,
  type ThreadValues,
  type Totals,
  totals,
  type Values,
} from './reading.js'
export type { LocalsOf, Row } from './row.js'
export type {
  BigintSpec,
  BytesSpec,
  Folded,
  FoldedOf,
  NumberSpec,
  Reading,
  ReadingOf,
  ScalarType,
  Schema,
  SlotSpec,
  ValueOf,
} from './schema.js'
export {
  type CreateOptions,
  type OpenOptions,
  SlotTable,
  type Snapshot,
  type ThreadOptions,
} from './table.js'
