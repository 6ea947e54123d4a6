/*
 * Handles that were found by labels once and kept, next to a handle of a key without labels.
 */
import { defaultTable, threadLocal } from 'threadslots'
import { labelled } from 'threadslots/labels'
import type { Counter } from '../counter.js'
import { type Entry, entriesOf, load, type MetricsClient, successorEntriesOf } from '../packages.js'

const LABELS = { method: 'GET', status: 200 }

export function child(): Counter {
  const local = threadLocal('server', { requests: labelled('count', ['method', 'status']) })
  const handle = local.requests.with(LABELS)
  return {
    name: 'child.add(1)',
    set(value) {
      handle.value = value
    },
    get: () => handle.value,
    increment(times) {
      for (let i = 0; i < times; i++) handle.add(1)
    },
  }
}

export function slot(): Counter {
  const table = defaultTable()
  const handle = table.attach().slot(table.key('requests', 'count'))
  return {
    name: 'slot.add(1)',
    set(value) {
      handle.value = value
    },
    get: () => handle.value,
    increment(times) {
      for (let i = 0; i < times; i++) handle.add(1)
    },
  }
}

function makeCounter({ Counter }: MetricsClient) {
  const counter = new Counter({
    name: 'requests',
    help: 'requests',
    labelNames: Object.keys(LABELS),
    registers: [],
  })
  counter.inc(LABELS)
  return { counter, child: counter.labels(LABELS) }
}

/** Access to the only entry of a client's counter. */
const withEntry = (entry: Entry): Pick<Counter, 'set' | 'get'> => ({
  set(value) {
    entry.value = value
  },
  get: () => entry.value,
})

export async function promClientChild(): Promise<Counter> {
  const { counter, child } = makeCounter(await import('prom-client'))
  return {
    name: 'prom-client labels(…).inc()',
    ...withEntry(entriesOf(counter)[0] as Entry),
    increment(times) {
      for (let i = 0; i < times; i++) child.inc()
    },
  }
}

export async function prometheusClientChild(): Promise<Counter> {
  const { counter, child } = makeCounter(await load<MetricsClient>('@prometheus-io/client'))
  return {
    name: '@prometheus-io/client labels(…).inc()',
    ...withEntry(successorEntriesOf(counter)[0] as Entry),
    increment(times) {
      for (let i = 0; i < times; i++) child.inc()
    },
  }
}
