export type { ThreadOptions } from './claims.js'
export { defaultTable, useTable } from './default-table.js'
export type { Histogram, HistogramOptions, HistogramSlot, HistogramSpec } from './extension.js'
/** @internal */
export { extension } from './extension.js'
export type { Scope, ThreadReading } from './fold.js'
export type { Slot, VectorSlot } from './handles.js'
/** @internal */
export { host } from './host.js'
export type { Column, Key } from './keys.js'
export type { Dimensions, Fold, SlotType } from './layout.js'
export { type Definition, definitionOf, type ThreadLocal, threadLocal, threadLocalClass } from './local.js'
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
} from './table.js'
