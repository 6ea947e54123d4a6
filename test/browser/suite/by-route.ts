// What threads of a page count by labels.
import type { HistogramSpec, LabelledSpec, ThreadLocal } from 'threadslots/browser'
import { threadLocal } from 'threadslots/browser'
import { histogram } from 'threadslots/histogram'
import { type LabelValue, labelled } from 'threadslots/labels'

/** What a worker is told to do. */
export interface CountByRoute {
  readonly buffer: SharedArrayBuffer
  readonly counts: readonly { readonly method: string; readonly route: string }[]
}

const schema: {
  readonly requests: LabelledSpec<'count', { readonly method: LabelValue; readonly route: LabelValue }>
  readonly ms: LabelledSpec<HistogramSpec, { readonly route: LabelValue }>
} = {
  requests: labelled('count', ['method', 'route'], { maxChildren: 3 }),
  ms: labelled(histogram({ min: 1, max: 100, digits: 1 }), ['route']),
}

/** Call it only once the thread has a table. */
export const defineByRoute = (): ThreadLocal<typeof schema> => threadLocal('by route', schema)
