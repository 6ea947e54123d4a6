/*
 * What reads the fields of a thread-local, whatever their kind.
 */
import { type FieldReader, Reader } from '../protocol/fold.js'
import type { Field } from '../protocol/keys.js'
import { labelling } from '../protocol/labelling.js'
import type { SlotTable } from '../table/slot-table.js'

export const fieldReader = ({ memory, registry }: SlotTable, fields: readonly Field[]): FieldReader =>
  fields.some(([, , labelled]) => labelled) ? labelling.reader(registry, fields) : new Reader(memory, fields)
