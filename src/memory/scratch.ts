/*
 * A thread's private memory for what it reads of a table, so that reading allocates nothing but its result.
 */
import { type Views, viewsOf } from './views.js'

/** It grows with what is read, and is kept. */
export interface Scratch {
  /** Values on their way, 8 bytes per element: doubles or 64-bit integers. Places in it count elements. */
  copies: Views<ArrayBuffer>
  /** Whatever a reader notes of rows. */
  notes: Int32Array<ArrayBuffer>
}

/** A thread's private memory for a table, with room for as many elements and notes. What was there may be lost. */
export function scratchOf(memory: { scratch?: Scratch }, elements: number, notes: number): Scratch {
  memory.scratch ??= { copies: viewsOf(new ArrayBuffer(0), 0, 0), notes: new Int32Array(0) }
  const { scratch } = memory
  if (scratch.copies.f64.length < elements)
    scratch.copies = viewsOf(new ArrayBuffer(8 * elements), 0, 8 * elements)
  if (scratch.notes.length < notes) scratch.notes = new Int32Array(notes)
  return scratch
}
