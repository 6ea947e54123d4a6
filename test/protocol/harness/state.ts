/*
 * The state of the system under test: the bytes of one table, and what its threads have acknowledged so far.
 *
 * A single buffer serves all schedules; each schedule starts by restoring a checkpoint into it. A thread is nothing but
 * a `SlotTable` object over this buffer, created when the thread does something: everything that outlives an operation
 * is in the bytes and in the history, so a checkpoint of the two is complete.
 */
import { SlotTable } from '../../../src/table/slot-table.js'
import { digestOf } from './digest.js'
import { dimensions } from './dimensions.js'
import { type Fact, History } from './history.js'

export const buffer: SharedArrayBuffer = new SharedArrayBuffer(SlotTable.byteLength(dimensions))
const bytes = new Uint8Array(buffer)
const words = new Uint32Array(buffer)

export const current: {
  history: History
  /** What a thread is doing right now. Nobody can tell yet whether it has taken effect. */
  pending: Fact | undefined
} = { history: new History(), pending: undefined }

/** A copy of the whole state, apart from the local variables of a thread in the middle of an operation. */
export interface Checkpoint {
  readonly bytes: Uint8Array
  readonly history: History
  readonly pending: Fact | undefined
}

export const takeCheckpoint = (): Checkpoint => ({ bytes: Uint8Array.from(bytes), ...current })

export function restore({ bytes: saved, ...acknowledged }: Checkpoint): void {
  bytes.set(saved)
  Object.assign(current, acknowledged)
}

/** Two states have the same fingerprint if and only if their bytes, history and pending fact are the same. */
export const fingerprint = (): string => {
  const pending = current.pending ? current.history.with(current.pending).id : ''
  return `${digestOf(words)} ${current.history.id} ${pending}`
}
