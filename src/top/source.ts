/*
 * Where the readings of a table come from: this process, or another one.
 */
import type { Column } from './column.js'
import type { TopReading } from './reading.js'

export interface TopSource {
  /** A column for each key. There may be more with each reading, but never fewer. */
  readonly columns: readonly Column[]
  /** The present values. The rates are recent ones. */
  read(): TopReading
  /** The present values. The rates are those of the whole time since the start. */
  readLast(): TopReading
}
