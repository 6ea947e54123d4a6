/*
 * What the core calls for labelled keys.
 */
import type { Key, LabelledChild, Labelling, Reading } from '../index.js'
import { LabelledReader } from './labelled-reader.js'
import { childReading, childValues } from './labelled-reading.js'
import { childHandles } from './labelled-slots.js'

/** @internal */
export const labelling: Labelling = {
  slots: childHandles,
  reader: (keys, fields) => new LabelledReader(keys, fields),
  reading: childReading,
  remote(keys, key, spec, getterOf) {
    const getters: [Key, () => unknown][] = []
    return () => {
      const family = keys.familyOf(key)
      for (const child of family.slice(getters.length)) getters.push([child, getterOf(child)])
      const children = getters
        .map(([child, get]): LabelledChild => [child, copyOf(get()) as Reading])
        .filter(([, value]) => value !== undefined)
      return children.length > 0 ? childValues(key, spec, children, true) : undefined
    }
  },
}

/** A remote vector as a copy; anything else as it is. */
const copyOf = (value: unknown): unknown =>
  typeof value === 'object' && 'slice' in (value as object) ? (value as Float64Array).slice() : value
