/*
 * The children of labelled keys: keys that are found or created one by one, as label values come into use.
 */
import { childName, isSameSpec } from '../memory/expand-spec.js'
import type { Labels } from '../memory/labels.js'
import {
  directoryAddress,
  OVERFLOWED,
  RECORD_FLAGS,
  RECORD_TEXT_BYTES,
  recordAddress,
} from '../memory/layout.js'
import type { ResolvedSpec } from '../memory/schema.js'
import { load32 } from '../memory/words.js'
import { textsOf } from './key-records.js'
import { endOfAll, type Key, type KeyRegistry } from './keys.js'
import { largerTable } from './larger-table.js'

/**
 * Labels get no more keys and bytes than this part of a table. Their values may come from outside and never end, and other
 * definitions may come later.
 */
const LABELS_PART = 7 / 8

/**
 * The child of a labelled key that has these labels; or the reason why there is no room for another one: in the table, in a key
 * record, or among `maxChildren`. As with any key, the first thread to ask creates it for all threads. It never waits, and a
 * crash leaves nothing, or a record that a release frees, or the whole child.
 *
 * A thread that creates a child has seen all children before it, because its compare-and-swap fails otherwise. So there are
 * never more than `maxChildren`, whoever else creates some at the same time.
 * @param key any key of the family, such as the overflow child.
 */
export function internChild(keys: KeyRegistry, key: Key, labels: Labels, maxChildren: number): Key | string {
  const spec: ResolvedSpec = { ...key, labels, name: childName(key.family, labels) }
  for (;;) {
    // This reads the directory. Nothing below may read more of it: another thread's child would then be published again.
    const family = keys.familyOf(key)
    const known = keys.find(spec.name)
    if (known) return isSameSpec(known, spec) ? known : 'a key that is no child has its name'
    // The overflow child is one of the family, and doesn't count.
    if (family.length > maxChildren) return `its maxChildren, ${maxChildren}, is reached; use a larger one`
    const shortage = tableShortage(keys, spec) ?? recordShortage(spec)
    if (shortage) return shortage
    try {
      keys.publish(spec)
    } catch (error) {
      // No record is free.
      return (error as RangeError).message
    }
  }
}

/**
 * Notes that labels had no room, in the record of their overflow child.
 * @returns true for the first caller of all threads.
 */
export function noteOverflow({ memory }: KeyRegistry, { keyId }: Key): boolean {
  const record = recordAddress(memory, load32(memory, directoryAddress(keyId)) - 1)
  return (Atomics.or(memory.i32, (record + RECORD_FLAGS) / 4, OVERFLOWED) & OVERFLOWED) === 0
}

/** Why labels get no more of the table, in a sentence; undefined if this child still gets its part. */
function tableShortage(keys: KeyRegistry, spec: ResolvedSpec): string | undefined {
  const { memory } = keys
  const maxKeys = keys.known.keys + 1
  const rowBytes = endOfAll([spec], keys.known.bytes)
  if (maxKeys <= LABELS_PART * memory.maxKeys && rowBytes <= LABELS_PART * memory.rowBytes) return undefined
  const needs = { maxKeys: Math.ceil(maxKeys / LABELS_PART), rowBytes: Math.ceil(rowBytes / LABELS_PART) }
  return `labels leave an eighth of the table to other keys, and have no more; create a larger table first: ${largerTable(memory, needs)}`
}

/** By how much a key's texts exceed its record, in a sentence; undefined if they fit. */
function recordShortage(spec: ResolvedSpec): string | undefined {
  const bytes = textsOf(spec).reduce((sum, { length }) => sum + length, 0)
  return bytes > RECORD_TEXT_BYTES
    ? `name, unit, help and labels take ${bytes} bytes, and a key record has room for ${RECORD_TEXT_BYTES}`
    : undefined
}
