// What the workers of the service count, and how they end.
import { type HistogramSpec, type LabelledSpec, type ThreadLocal, threadLocal } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { type LabelValue, labelled } from 'threadslots/labels'

export const METHODS = ['GET', 'POST'] as const
export type Method = (typeof METHODS)[number]

export const ROUTES: readonly string[] = Array.from({ length: 200 }, (_, i) => `/route-${i}`)

export const STATUSES: readonly string[] = ['200', '404']

/** What a request can do to the worker that handles it. The main thread terminates a worker that hangs. */
export const DEATHS = ['hangs', 'exits', 'throws'] as const
export type Death = (typeof DEATHS)[number]

export const EXIT_CODE = 3
export const ERROR_MESSAGE = 'throws on purpose'

interface RequestLabels {
  readonly method: Method
  readonly route: LabelValue
  readonly status: LabelValue
}

export const service: ThreadLocal<{
  requests: LabelledSpec<'count', RequestLabels>
  latency: LabelledSpec<HistogramSpec, { readonly method: Method }>
}> = threadLocal('service', {
  requests: labelled('count', { method: METHODS, route: 'string', status: 'string' }),
  latency: labelled(histogram({ min: 0.01, max: 60_000, digits: 1, unit: 'milliseconds' }), {
    method: METHODS,
  }),
})

/** What a worker answers, so that clients can tell which request was answered. */
export const answerOf = ({ method, route, status }: { readonly [label: string]: LabelValue }): string =>
  `${method} ${route} ${status}`
