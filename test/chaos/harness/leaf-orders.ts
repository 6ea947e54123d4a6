// What threads count whose deaths nobody sees, and what they are told.
import { type ThreadLocal, threadLocal } from 'threadslots'

const SCHEMA = { counts: { type: 'u32', length: 128 } } as const

export const MAX_LEAVES: number = SCHEMA.counts.length

export const defineLeafCounts = (): ThreadLocal<typeof SCHEMA> => threadLocal('leaves', SCHEMA)

export interface LeafOrders {
  /** An element for each leaf: what it has counted so far. */
  readonly acknowledged: Int32Array
  readonly number: number
  /** How many steps it takes before it ends by itself. */
  readonly steps: number
}

export interface StarterOrders {
  readonly acknowledged: Int32Array
  readonly seed: number
}
