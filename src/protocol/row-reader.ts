/*
 * Reading rows in any thread, while their owners write.
 *
 * A row is read between two looks at its state word. If the word has changed, values moved from the live area to a bank, and
 * the row is read again. Each value is therefore seen exactly once, wherever it is. Several rows together are not a snapshot
 * of one instant: each row is as it was at some instant during the call.
 *
 * All loads are plain ones, and fences keep their order: states, present bytes, values, states again. Many rows share the
 * fences.
 */
import { fence } from '../memory/fence.js'
import { wrap } from '../memory/histogram.js'
import {
  activeBank,
  blockAddress,
  COUNTED,
  MAX_THREAD_NAME_BYTES,
  type Memory,
  presentAddress,
  RETIRED,
  ROW_LIVE_OWNER,
  ROW_STATE,
  ROW_THREAD_NAME,
  rowAddress,
} from '../memory/layout.js'
import { scratchOf } from '../memory/scratch.js'
import { TYPES } from '../memory/slot-types.js'
import { readText } from '../memory/text.js'
import { addScalars, copyElements, fillCopies, foldElements, foldScalars } from '../memory/values.js'
import { LOW } from '../memory/words.js'
import { usedRowCount } from './claims.js'
import { type Column, columnsOf } from './columns.js'
import type { Field } from './keys.js'

/** Whose values: those of running threads, of dead threads, or of both. */
export type Scope = 'all' | 'live' | 'retired'

/** Reads the rows of a table, some at a time. */
export interface RowReader {
  /** In the order of the fields. */
  readonly columns: readonly Column[]
  /**
   * Reads all rows that were ever used, and calls `take` whenever some are read, with their number. Lock-free: a row is read
   * again only if a thread came or went meanwhile.
   * @param hasOwners also reads which threads the live values belong to.
   * @param hasNames also reads the threads' names.
   */
  read(take: (count: number) => void, hasOwners: boolean, hasNames?: boolean): void
  // Of the n-th row that was read last:
  /** The thread that the live values belong to; −1 if there are none. */
  threadIdOf(n: number): number
  /** True if that thread owns the row. Otherwise it is dead. */
  isRunning(n: number): boolean
  /** Empty if the thread has no name. */
  nameOf(n: number): string | undefined
  /** The live value of a column; undefined if the thread hasn't used the key. */
  valueOf(n: number, column: Column): unknown
  // Two folds of all columns may be in progress at once: 0 and 1.
  beginFolds(folds: number): void
  /** Adds the values in scope of the rows that were read last. */
  foldRows(count: number, folds: number, scope: Scope): void
  /** Reads all rows for fold 0 alone. */
  fold(scope: Scope): void
  foldOf(folds: number, column: Column): unknown
}

/** Makes a reader of some fields. */
export function rowReader(memory: Memory, fields: readonly Field[]): RowReader {
  const { columns, elements, rowsAtOnce, notesLength, copiesLength } = columnsOf(memory, fields)
  const scratch = scratchOf(memory, copiesLength, notesLength)
  const firstRow = rowAddress(memory, 0)
  const strideBytes = rowAddress(memory, 1) - firstRow
  const strideWords = strideBytes >> 2
  // Notes of rows. Their states come first.
  const owners = rowsAtOnce
  const running = 2 * rowsAtOnce
  const names: (string | undefined)[] = []
  /** The states of the rows that are read together, or-ed. */
  let anyState = 0

  /** Notes which threads the live values of rows belong to. */
  const noteOwners = (start: number, from: number, to: number) => {
    const { i32 } = memory
    const { notes } = scratch
    for (let n = from; n < to; n++) {
      const row = start + strideBytes * n
      const owner = (notes[n] as number) & COUNTED ? (i32[(row + ROW_LIVE_OWNER) >> 2] as number) : 0
      notes[owners + n] = owner - 1
      // Between a claim and its commit, the owner is the new thread while the live values are still the old one's.
      notes[running + n] = owner && i32[(row >> 2) + LOW] === owner ? 1 : 0
    }
  }

  /** Notes which values rows have of each column, in the states that are noted. */
  const notePresence = (start: number, from: number, to: number) => {
    const { u8 } = memory
    const { notes } = scratch
    for (let c = 0; c < columns.length; c++) {
      const { key, present, noted } = columns[c] as Column
      let address = start + strideBytes * from + present
      for (let n = from; n < to; n++, address += strideBytes)
        // `COUNTED` is 1, as a present byte is.
        notes[noted + n] = (notes[n] as number) & COUNTED & (u8[address] as number)
      for (let n = from; anyState & RETIRED && n < to; n++) {
        const state = notes[n] as number
        const inBank = presentAddress(memory, start + strideBytes * n, activeBank(state), key.keyId)
        notes[noted + rowsAtOnce + n] = state & RETIRED && (u8[inBank] as number)
      }
    }
  }

  /** Copies the values that are noted as present. */
  const copyRows = (start: number, from: number, to: number) => {
    const { notes } = scratch
    for (let c = 0; c < columns.length; c++) {
      const { key, wide, length, shift, live, noted, copies, texts } = columns[c] as Column
      const { type, byteOffset } = key
      const inFirst = start + live
      if (length === 1) {
        // Of all rows: a scalar that isn't present does no harm.
        const i = (inFirst + strideBytes * from) >> shift
        copyElements(memory, scratch, type, i, strideBytes >> shift, to - from, copies + from)
      }
      for (let n = from; length !== 1 && n < to; n++) {
        const address = inFirst + strideBytes * n
        if (!notes[noted + n]) continue
        if (type === 'text') texts[n] = readText(memory, address, key.length as number)
        else copyElements(memory, scratch, type, address >> shift, 1, length, copies + length * n)
      }
      for (let n = from; anyState & RETIRED && n < to; n++) {
        if (!notes[noted + rowsAtOnce + n]) continue
        const bank = blockAddress(memory, start + strideBytes * n, activeBank(notes[n] as number))
        const i = (bank + 2 * byteOffset) >> 3
        copyElements(memory, scratch, wide, i, 1, length, copies + length * (rowsAtOnce + n))
      }
    }
  }

  const stateIndex = (start: number, n: number) => (start + strideBytes * n + ROW_STATE) >> 2

  /** Notes the states of some rows. Ends with a fence. */
  const noteStates = (start: number, from: number, to: number) => {
    const { i32 } = memory
    const { notes } = scratch
    let index = stateIndex(start, from)
    let states = anyState
    for (let n = from; n < to; n++, index += strideWords) {
      const state = i32[index] as number
      notes[n] = state
      states |= state
    }
    anyState = states
    fence()
  }

  /** Reads some of the rows. Ends with a fence. */
  const readRows = (start: number, from: number, to: number, hasOwners: boolean, hasNames: boolean) => {
    noteStates(start, from, to)
    if (hasOwners) noteOwners(start, from, to)
    notePresence(start, from, to)
    fence()
    copyRows(start, from, to)
    for (let n = from; hasNames && n < to; n++)
      names[n] = readText(memory, start + strideBytes * n + ROW_THREAD_NAME, MAX_THREAD_NAME_BYTES)
    fence()
  }

  /** The first of the rows from the n-th on whose state has changed since it was noted; `to` if there is none. */
  const changedRow = (start: number, n: number, to: number) => {
    const { i32 } = memory
    const { notes } = scratch
    let index = stateIndex(start, n)
    for (; n < to && i32[index] === notes[n]; n++) index += strideWords
    return n
  }

  const isRunning = (n: number) => scratch.notes[running + n] === 1

  /** Adds a row's values in scope. */
  const foldRow = (n: number, column: Column, folds: number, scope: Scope) => {
    const { key, length, at, noted, copies } = column
    const { type, fold, retire } = key
    const { notes } = scratch
    const into = elements * folds + at
    const liveCopy = copies + length * n
    const bankCopy = liveCopy + length * rowsAtOnce
    // What a dead thread left in its live area counts as retired, if it isn't dropped.
    const inScope = isRunning(n) ? scope !== 'retired' : retire && scope !== 'live'
    const usesLive = inScope && notes[noted + n]
    const usesBank = scope !== 'live' && (notes[n] as number) & RETIRED && notes[noted + rowsAtOnce + n]
    if (usesLive && usesBank) {
      // Fold a row on its own first, as retirement will: any other order rounds differently, and a sum could fall.
      foldElements(scratch, type, fold, liveCopy, length, bankCopy)
      // From now on the bank's copy includes them.
      notes[noted + n] = 0
    }
    if (usesLive || usesBank) foldElements(scratch, type, fold, usesBank ? bankCopy : liveCopy, length, into)
  }

  const beginFolds = (folds: number) => {
    for (let c = 0; c < columns.length; c++) {
      const { wide, identity, length, at } = columns[c] as Column
      fillCopies(scratch, wide, identity, length, elements * folds + at)
    }
  }

  /** Adds the values in scope of the rows that were read last. */
  const foldRows = (count: number, folds: number, scope: Scope) => {
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c] as Column
      const { key, length, at, noted, copies } = column
      const { type, fold, retire } = key
      if (fold === 'none') continue
      // The most frequent case: all rows count, and have nothing but scalars in their live areas.
      if (length === 1 && scope === 'all' && retire && !(anyState & RETIRED))
        foldScalars(scratch, type, fold, noted, copies, count, elements * folds + at)
      else for (let n = 0; n < count; n++) foldRow(n, column, folds, scope)
    }
  }

  /** True if no dead thread's values are dropped: all values count then, whichever thread they belong to. */
  const keepsAll = columns.every(({ key }) => key.retire)
  /** True if nothing is read but sums of numbers that are 0 before their first use. */
  const hasOnlySums = columns.every(({ key, length }) => length === 1 && key.fold === 'sum' && key.init === 0)

  /**
   * Adds rows to fold 0 without copies: three times as fast. Gives up, and adds nothing, if a thread comes or goes, or if one
   * has ever left its row to another. If none has, all that is present in live areas counts.
   *
   * A value and its present byte are loaded in any order: before the first use, the value is 0.
   */
  const addInPlace = (start: number, count: number) => {
    noteStates(start, 0, count)
    if (anyState & RETIRED) return false
    for (let c = 0; c < columns.length; c++) {
      const { key, shift, live, present, at } = columns[c] as Column
      const i = (start + live) >> shift
      const step = strideBytes >> shift
      const into = elements + at
      addScalars(memory, scratch, key.type, start + present, i, strideBytes, step, count, at, into)
    }
    fence()
    if (changedRow(start, 0, count) < count) return false
    const { f64 } = scratch.copies
    for (let i = 0; i < elements; i++) f64[i] = f64[elements + i] as number
    return true
  }

  const readAll = (
    take: (count: number) => void,
    hasOwners: boolean,
    hasNames: boolean,
    isInPlace: boolean,
  ) => {
    memory.beforeReading?.()
    const used = usedRowCount(memory)
    for (let first = 0; first < used; first += rowsAtOnce) {
      const start = firstRow + strideBytes * first
      const count = Math.min(used - first, rowsAtOnce)
      anyState = 0
      if (isInPlace && addInPlace(start, count)) continue
      readRows(start, 0, count, hasOwners, hasNames)
      for (let n = changedRow(start, 0, count); n < count; n = changedRow(start, n, count))
        readRows(start, n, n + 1, hasOwners, hasNames)
      take(count)
    }
  }

  return {
    columns,
    read: (take, hasOwners, hasNames = false) => readAll(take, hasOwners, hasNames, false),
    fold(scope) {
      const isAll = scope === 'all'
      beginFolds(0)
      readAll(
        count => foldRows(count, 0, scope),
        !isAll || !keepsAll,
        false,
        isAll && keepsAll && hasOnlySums,
      )
    },
    threadIdOf: n => scratch.notes[owners + n] as number,
    isRunning,
    nameOf: n => names[n],
    valueOf(n, { key, wide, length, noted, copies, texts }) {
      if (!scratch.notes[noted + n]) return undefined
      if (key.type === 'text') return texts[n]
      const place = copies + length * n
      const view = scratch.copies[wide]
      if (!key.length) return view[place]
      return wrap(key, new TYPES[key.type].array(view.subarray(place, place + length) as never))
    },
    beginFolds,
    foldRows,
    foldOf(folds, { key, wide, length, at }) {
      const place = elements * folds + at
      const view = scratch.copies[wide]
      return wrap(key, key.length ? view.slice(place, place + length) : view[place])
    },
  }
}
