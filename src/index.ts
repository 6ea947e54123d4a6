/*
 * `threadslots`: the core's public API.
 */

/** @internal */
export {
  type ExitHandlers,
  type FieldReader,
  type Host,
  internal,
  type KeyRegistry,
  type LabelledChild,
  type Labelling,
  type Memory,
  type OwnFamily,
  type WrappedKey,
} from './internal.js'
export { defaultTable, setDefaultTable, sweep } from './local/default-table.js'
export type { Definition } from './local/definitions.js'
export { nameThread } from './local/name-thread.js'
export {
  onThreadExit,
  perThread,
  type ThreadExit,
  type ThreadValues,
  type Totals,
  totals,
  type Values,
} from './local/readings.js'
export { reset } from './local/reset.js'
export { type Sample, sampler } from './local/sampler.js'
export {
  definitionOf,
  type ThreadLocal,
  threadLocal,
  threadLocalClass,
} from './local/thread-local.js'
export { type RemoteOf, type RemoteValues, type RemoteVector, valuesOf } from './local/values-of.js'
export type { Histogram, HistogramOptions, HistogramSlot, HistogramSpec } from './memory/histogram.js'
export type { LabelledReading, Labels, LabelsRead } from './memory/labels.js'
export type { Dimensions } from './memory/layout.js'
export type {
  BigintSpec,
  BytesSpec,
  CountSpec,
  Folded,
  FoldedOf,
  LabelledSpec,
  NumberSpec,
  Reading,
  ReadingOf,
  ScalarType,
  Schema,
  SlotSpec,
  TextSpec,
  ValueOf,
} from './memory/schema.js'
export type { Fold, SlotType } from './memory/slot-types.js'
export type { AnyUnit, Unit } from './memory/unit.js'
export type { ThreadOptions } from './protocol/claims.js'
export type { Scope, Snapshot, ThreadReading } from './protocol/fold.js'
export type { Field, Key } from './protocol/keys.js'
export type { Slot, TextSlot, VectorSlot } from './table/handles.js'
export type { HandleOf, LabelledSlots, LocalsOf, Row } from './table/row.js'
export {
  type CreateOptions,
  type Lost,
  type OpenOptions,
  SlotTable,
} from './table/slot-table.js'
