/*
 * Definitions, and where a thread keeps their values: in its row of the default table or, if that is full, in a private table.
 * A full table ends nobody's program. What is private is missing from everyone's totals; `lost` in the table says that
 * something is, and one warning in the thread says which line makes room.
 */
import { host } from '../host/current.js'
import { isTableFull } from '../memory/errors.js'
import { LOST_KEYS, LOST_THREADS } from '../memory/layout.js'
import type { ResolvedSpec, Schema } from '../memory/schema.js'
import { add32 } from '../memory/words.js'
import { endOfAll, type Field, specsOf } from '../protocol/keys.js'
import { largerTable } from '../protocol/larger-table.js'
import type { Row } from '../table/row.js'
import type { SlotTable } from '../table/slot-table.js'

/** What is behind an object made by `threadLocal`: for code that embeds, exports or displays it. */
export interface Definition {
  /** The name given to `threadLocal`. */
  readonly name: string
  /** The default table; if it had no room for the keys, a table of this thread's own. */
  readonly table: SlotTable
  /** The schema's names in their order, with the keys of `table` that they stand for. */
  readonly fields: readonly Field[]
  /**
   * This thread's row: in `table`, or in a table of its own if it got no row there.
   * @internal
   */
  readonly row: Row
  /**
   * The schema's names with the keys of `row`.
   * @internal
   */
  readonly rowFields: readonly Field[]
}

/** Room in a private table for keys that a later definition of the same name adds. */
const SPARE_BYTES = 4096
const SPARE_KEYS = 64

/** The default table, if it had no row for this thread. */
let rowlessIn: SlotTable | undefined
/** Private tables by the names of their definitions. */
const privateTables = new Map<string, SlotTable>()
/** Names of the definitions whose keys got no place. They stay private, so that one slot never has two values. */
const unplaced = new Set<string>()
/** Keys that got no place. */
const lostKeys: ResolvedSpec[] = []
let hasWarned = false

/** This thread's row of the default table; undefined if there was none. A thread asks once, and keeps the answer for life. */
export function rowOf(table: SlotTable): Row | undefined {
  if (rowlessIn === table) return undefined
  return ifRoom(
    () => table.attach(),
    () => {
      rowlessIn = table
      add32(table.memory, LOST_THREADS, 1)
      warnLater(table)
    },
  )
}

/**
 * Finds or creates the keys of a definition, and this thread's row for them. It never fails for lack of room in the default
 * table.
 * @throws {TypeError | RangeError} if the schema is wrong, or differs from an earlier one of the same name.
 */
export function define(table: SlotTable, name: string, schema: Schema): Definition {
  const fields = unplaced.has(name)
    ? undefined
    : ifRoom(
        () => table.registry.internAll(schema, name),
        () => unplaced.add(name),
      )
  const row = rowOf(table)
  if (fields && row) return { name, table, fields, row, rowFields: fields }
  const own = definePrivately(table, name, schema)
  if (!fields) noteLostKeys(table, name, schema)
  return fields ? { ...own, table, fields } : own
}

/** What a call returns; undefined, after `onFull`, if it fails because a table is full. */
function ifRoom<T>(call: () => T, onFull: () => void): T | undefined {
  try {
    return call()
  } catch (error) {
    if (!isTableFull(error)) throw error
    onFull()
    return undefined
  }
}

/** Defines keys in the private table of this name, or in a new one if there is none or its spare room is used up. */
function definePrivately(table: SlotTable, name: string, schema: Schema): Definition {
  const defineIn = (own: SlotTable): Definition => {
    const fields = own.registry.internAll(schema, name)
    return { name, table: own, fields, row: own.attach(), rowFields: fields }
  }
  const earlier = privateTables.get(name)
  const definition = earlier && ifRoom(() => defineIn(earlier), Object)
  if (definition) return definition
  const specs = specsOf(schema, name)
  const own = table.createPrivate(endOfAll(specs, SPARE_BYTES), specs.length + SPARE_KEYS)
  privateTables.set(name, own)
  return defineIn(own)
}

/** Counts the keys of a definition that are not in the table, once. */
function noteLostKeys(table: SlotTable, name: string, schema: Schema): void {
  const known = new Set([...table.registry.list(), ...lostKeys].map(key => key.name))
  const lost = specsOf(schema, name).filter(spec => !known.has(spec.name))
  lostKeys.push(...lost)
  add32(table.memory, LOST_KEYS, lost.length)
  warnLater(table)
}

/** Warns once per thread: after the code that is running now, so that its further definitions are part of the sum. */
function warnLater(table: SlotTable): void {
  if (!hasWarned) queueMicrotask(() => host.warn(messageOf(table), 'THREADSLOTS_FULL'))
  hasWarned = true
}

function messageOf({ memory, registry, lost }: SlotTable): string {
  const needs = {
    maxThreads: memory.maxThreads + (rowlessIn ? lost.threads : 0),
    rowBytes: endOfAll(lostKeys, registry.usedBytes()),
    maxKeys: registry.list().length + lostKeys.length,
  }
  const names = [...unplaced].map(name => `'${name}'`).join(', ')
  const what = rowlessIn ? 'this thread' : `the keys of ${names}`
  return (
    `the default table has no room for ${what}. The values are private and missing from all totals. ` +
    `All threads and keys together need maxThreads ${needs.maxThreads}, rowBytes ${needs.rowBytes} and ` +
    `maxKeys ${needs.maxKeys}. Write this in a module that is imported first: ` +
    `setDefaultTable(${largerTable(memory, needs)})`
  )
}
