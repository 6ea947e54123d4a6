// A definition with labels, and what its counting workers are told. Its second key has no room for all of their routes.
import { type LabelledSpec, type ThreadLocal, threadLocal } from 'threadslots'
import { type LabelValue, labelled } from 'threadslots/labels'

type ByRoute = LabelledSpec<'count', { readonly route: LabelValue }>

export const MAX_LIMITED = 60

const schema: { readonly all: ByRoute; readonly limited: ByRoute } = {
  all: labelled('count', ['route']),
  limited: labelled('count', ['route'], { maxChildren: MAX_LIMITED }),
}

export const byRoute: ThreadLocal<typeof schema> = threadLocal('by route', schema)

export interface CountByRouteData {
  /** Number of workers that have reached the gate, and whether it is time to stop. */
  readonly gate: Int32Array<SharedArrayBuffer>
  readonly opensAt: number
  readonly routes: number
  readonly seed: number
  /** How many times each worker has counted. */
  readonly noted: Int32Array<SharedArrayBuffer>
  readonly worker: number
  /** Counts by each route once, or by one route after the other until it is stopped. */
  readonly way: 'once' | 'endlessly'
}

/** Indexes of the gate's words. */
export const ARRIVED = 0
export const IS_ENOUGH = 1
