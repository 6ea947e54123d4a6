/*
 * The state of the system under test: the bytes of one table, and what its threads have acknowledged so far.
 *
 * A single buffer serves all schedules; each schedule starts by restoring a checkpoint into it. A thread is nothing but
 * a `SlotTable` object over this buffer, created when the thread does something: everything that outlives an operation
 * is in the bytes and in the history, so a checkpoint of the two is complete.
 */

import { recordAddress, recordCount, rowAddress } from '../../../src/memory/layout.js'
import { SlotTable } from '../../../src/table/slot-table.js'
import { digestOf } from './digest.js'
import { dimensions } from './dimensions.js'
import { type Fact, History } from './history.js'

export const buffer: SharedArrayBuffer = new SharedArrayBuffer(SlotTable.byteLength(dimensions))
const bytes = new Uint8Array(buffer)
/** Bytes of a record that scenarios write: no name, unit or help text here reaches any further. */
const RECORD_BYTES_USED = 128
/** All words that can change: the header and the directory, the start of each record, and the rows. */
const changing: readonly Uint32Array[] = [
  new Uint32Array(buffer, 0, recordAddress(dimensions, 0) / 4),
  ...Array.from(
    { length: recordCount(dimensions) },
    (_, recordId) => new Uint32Array(buffer, recordAddress(dimensions, recordId), RECORD_BYTES_USED / 4),
  ),
  new Uint32Array(buffer, rowAddress(dimensions, 0)),
]

export const current: {
  history: History
  /** What a thread is doing right now. Nobody can tell yet whether it has taken effect. */
  pending: Fact | undefined
} = { history: new History(), pending: undefined }

/** A copy of the whole state, apart from the local variables of a thread in the middle of an operation. */
export interface Checkpoint {
  /** Its fingerprint. */
  readonly id: string
  readonly bytes: Uint8Array
  readonly history: History
  readonly pending: Fact | undefined
}

/** A copy of the table's bytes. */
export const copyBytes = (): Uint8Array => Uint8Array.from(bytes)

export const takeCheckpoint = (id: string = fingerprint()): Checkpoint => ({
  id,
  bytes: copyBytes(),
  ...current,
})

export function restore({ bytes: saved, history, pending }: Checkpoint): void {
  bytes.set(saved)
  Object.assign(current, { history, pending })
}

/** Two states have the same fingerprint if and only if their bytes, history and pending fact are the same. */
export const fingerprint = (): string => {
  const pending = current.pending ? current.history.with(current.pending).id : ''
  return `${digestOf(changing)} ${current.history.id} ${pending}`
}
