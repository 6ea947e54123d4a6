/*
 * Counters that find what to count in by labels. The loops are written out for each of them, for the reason that counter.ts
 * gives. Each builds its labels from a request, as a server does.
 */
import { threadLocal } from 'threadslots'
import { labelled } from 'threadslots/labels'
import type { Contender } from '../../harness/meter.js'
import { type Entry, entriesOf, load, type MetricsClient, successorEntriesOf } from '../packages.js'
import { digest } from '../reading/digest.js'
import { type Labels, MASK, REQUESTS, type Request } from './requests.js'

export interface RequestCounter {
  readonly name: string
  /** Sets all counts to 0. The label sets stay known. */
  reset(): void
  /** The counts by their labels' values, which `keyOf` joins. */
  counts(): Iterable<readonly [key: string, count: number]>
  /** For each choice of labels, counts this many requests. */
  readonly loops: { readonly [L in Labels]: (times: number) => void }
}

const keyOf = (labels: object): string => Object.values(labels).join('|')

/** A counter's loop as a contender. It knows all label sets before it is timed. */
export function contenderOf({ name, reset, counts, loops }: RequestCounter, labels: Labels): Contender {
  const run = loops[labels]
  run(REQUESTS.length)
  return {
    name,
    prepare: reset,
    run,
    result: () => digest([...counts()].sort().map(([, count]) => count)),
  }
}

/** The labels of other counters, to which a third one is added where there are three. */
const OTHER_LABELS = [
  ['tenant', 'shard'],
  ['queue', 'outcome'],
  ['cache', 'result'],
  ['host', 'port'],
  ['pool', 'state'],
]
const OTHER_INCREMENTS = 1e4

/**
 * Uses five other counters with labels of other names, as real programs have them: an engine that has seen only one name at a
 * place in the source is faster there.
 */
function useOthers(
  labels: Labels,
  make: (names: string[]) => (labels: Record<string, string>) => void,
): void {
  for (const pair of OTHER_LABELS) {
    const names = labels === 'method, status' ? pair : [...pair, 'zone']
    const increment = make(names)
    for (let i = 0; i < OTHER_INCREMENTS; i++) {
      increment(Object.fromEntries(names.map(name => [name, `${name} ${i % 4}`])))
    }
  }
}

export function slots(labels: Labels): RequestCounter {
  const local = threadLocal('server', {
    requests: labelled('count', ['method', 'status']),
    routes: labelled('count', ['method', 'route', 'status']),
  })
  useOthers(labels, names => {
    const { x } = threadLocal(`other.${names}`, { x: labelled('count', names) })
    return labels => x.with(labels).add(1)
  })
  return {
    name: 'local.requests.with(labels).add(1)',
    reset() {
      for (const { labels } of local.requests) local.requests.with(labels).reset()
      for (const { labels } of local.routes) local.routes.with(labels).reset()
    },
    counts: () =>
      [...local.requests, ...local.routes].map(({ labels, value }) => [keyOf(labels), value] as const),
    loops: {
      'method, status'(times) {
        for (let i = 0; i < times; i++) {
          const { method, status } = REQUESTS[i & MASK] as Request
          local.requests.with({ method, status }).add(1)
        }
      },
      'method, route, status'(times) {
        for (let i = 0; i < times; i++) {
          const { method, route, status } = REQUESTS[i & MASK] as Request
          local.routes.with({ method, route, status }).add(1)
        }
      },
    },
  }
}

/** A client's counter of requests, after other counters were used. */
function makeCounter({ Counter }: MetricsClient, labels: Labels) {
  const make = (labelNames: string[]) =>
    new Counter({ name: 'requests', help: 'requests', labelNames, registers: [] })
  useOthers(labels, names => {
    const counter = make(names)
    return labels => counter.inc(labels)
  })
  return make(labels.split(', '))
}

/** All but the name and the loops. */
const withEntries = (entries: () => Entry[]): Pick<RequestCounter, 'reset' | 'counts'> => ({
  reset() {
    for (const entry of entries()) entry.value = 0
  },
  counts: () => entries().map(({ labels, value }) => [keyOf(labels), value] as const),
})

export async function promClient(labels: Labels): Promise<RequestCounter> {
  const counter = makeCounter(await import('prom-client'), labels)
  return {
    name: 'prom-client inc(labels)',
    ...withEntries(() => entriesOf(counter)),
    loops: {
      'method, status'(times) {
        for (let i = 0; i < times; i++) {
          const { method, status } = REQUESTS[i & MASK] as Request
          counter.inc({ method, status })
        }
      },
      'method, route, status'(times) {
        for (let i = 0; i < times; i++) {
          const { method, route, status } = REQUESTS[i & MASK] as Request
          counter.inc({ method, route, status })
        }
      },
    },
  }
}

export async function prometheusClient(labels: Labels): Promise<RequestCounter> {
  const counter = makeCounter(await load<MetricsClient>('@prometheus-io/client'), labels)
  return {
    name: '@prometheus-io/client inc(labels)',
    ...withEntries(() => successorEntriesOf(counter)),
    loops: {
      'method, status'(times) {
        for (let i = 0; i < times; i++) {
          const { method, status } = REQUESTS[i & MASK] as Request
          counter.inc({ method, status })
        }
      },
      'method, route, status'(times) {
        for (let i = 0; i < times; i++) {
          const { method, route, status } = REQUESTS[i & MASK] as Request
          counter.inc({ method, route, status })
        }
      },
    },
  }
}

export function builtKeyMap(): RequestCounter {
  const counts = new Map<string, number>()
  return {
    name: 'Map, built string key',
    reset() {
      for (const key of counts.keys()) counts.set(key, 0)
    },
    counts: () => counts,
    loops: {
      'method, status'(times) {
        for (let i = 0; i < times; i++) {
          const { method, status } = REQUESTS[i & MASK] as Request
          const key = `${method}|${status}`
          counts.set(key, (counts.get(key) ?? 0) + 1)
        }
      },
      'method, route, status'(times) {
        for (let i = 0; i < times; i++) {
          const { method, route, status } = REQUESTS[i & MASK] as Request
          const key = `${method}|${route}|${status}`
          counts.set(key, (counts.get(key) ?? 0) + 1)
        }
      },
    },
  }
}

type ByStatus = { [status: number]: number }

/** The counts by status, in an object for each method; with routes, in an object for each route, too. */
export function nestedObjects(): RequestCounter {
  const byMethod: { [method: string]: ByStatus } = {}
  const byMethodAndRoute: { [method: string]: { [route: string]: ByStatus } } = {}
  const all = () => [
    ...Object.entries(byMethod),
    ...Object.entries(byMethodAndRoute).flatMap(([method, byRoute]) =>
      Object.entries(byRoute).map(([route, byStatus]) => [`${method}|${route}`, byStatus] as const),
    ),
  ]
  return {
    name: 'nested objects',
    reset() {
      for (const [, byStatus] of all()) for (const status in byStatus) byStatus[status] = 0
    },
    counts: () =>
      all().flatMap(([key, byStatus]) =>
        Object.entries(byStatus).map(([status, count]) => [`${key}|${status}`, count] as const),
      ),
    loops: {
      'method, status'(times) {
        for (let i = 0; i < times; i++) {
          const { method, status } = REQUESTS[i & MASK] as Request
          byMethod[method] ??= {}
          const byStatus = byMethod[method]
          byStatus[status] = (byStatus[status] ?? 0) + 1
        }
      },
      'method, route, status'(times) {
        for (let i = 0; i < times; i++) {
          const { method, route, status } = REQUESTS[i & MASK] as Request
          byMethodAndRoute[method] ??= {}
          const byRoute = byMethodAndRoute[method]
          byRoute[route] ??= {}
          const byStatus = byRoute[route]
          byStatus[status] = (byStatus[status] ?? 0) + 1
        }
      },
    },
  }
}
