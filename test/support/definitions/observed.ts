// What threads that follow the settings of docs/requests.md observe, and what they compare it with.
import { type ThreadLocal, threadLocal } from 'threadslots'
import type { Settings } from '../page-modules.js'

const schema = {
  /** Changes that this thread has seen. */
  changes: 'count',
  /** Settings that are older than the ones before. */
  older: 'count',
  /** Settings of which some are of one change, and some of another. */
  mixed: 'count',
  /** Readings of `first` and `second` that differ. The main thread stores the same in both, one after the other. */
  mixedSlots: 'count',
  first: { type: 'u32', fold: 'none' },
  second: { type: 'u32', fold: 'none' },
} as const

export const observed: ThreadLocal<typeof schema> = threadLocal('observed', schema)

/** The settings of a version: all of them follow from it. */
export const settingsOf = (version: number): Partial<Settings> => ({
  level: version,
  colors: version % 2 === 0,
  text: 'x'.repeat(version % 50),
})

export const areOfOneChange = ({ version, level, colors, text }: Settings): boolean =>
  level === version && colors === (version % 2 === 0) && text?.length === version % 50
