/*
 * `/metrics`: all keys of the table, and a few figures of the monitor's own, as Prometheus reads them.
 */
import Registry from '@prometheus-io/client/lib/registry.js'
import { Places } from '../metrics/places.js'
import { createMetric, type Sample } from '../metrics/prometheus-metric.js'
import { SafeNames } from '../metrics/safe-names.js'
import { TableMetrics } from '../metrics/table-metrics.js'
import type { Readings } from './readings.js'
import { isOwnKey } from './watch-event-loop.js'
import type { ThreadState } from './watcher.js'

/** A metric of the monitor's own. */
interface OwnMetric {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  /** A number is the only sample. */
  read(): number | readonly Sample[]
}

export class MetricsText {
  readonly #text = new Registry(Registry.PROMETHEUS_CONTENT_TYPE)
  readonly #openMetrics = new Registry(Registry.OPENMETRICS_CONTENT_TYPE)
  readonly #tableMetrics: TableMetrics

  constructor(readings: Readings) {
    const registries = [this.#text, this.#openMetrics]
    const names = new SafeNames()
    for (const { name, type, help, read } of ownMetrics(readings)) {
      names.reserve(name, type)
      for (const registry of registries)
        registry.registerMetric(
          createMetric({ name, help, type, fold: 'sum' }, () => samplesOf(read())) as never,
        )
    }
    this.#tableMetrics = new TableMetrics(readings.table, registries, names, isOwnKey)
  }

  /**
   * The present values, in the format that a client prefers.
   * @param accept the header of its request.
   */
  async read(accept = ''): Promise<{ type: string; text: string }> {
    this.#tableMetrics.update()
    const registry = prefersOpenMetrics(accept) ? this.#openMetrics : this.#text
    return { type: registry.contentType, text: await registry.metrics() }
  }
}

const samplesOf = (value: number | readonly Sample[]): readonly Sample[] =>
  typeof value === 'number' ? [{ labels: {}, value }] : value

function ownMetrics({ table, watcher }: Readings): OwnMetric[] {
  const { memory, registry } = table
  const blocked = new BlockedThreads()
  let deaths = 0
  return [
    {
      name: 'threadslots_threads',
      type: 'gauge',
      help: 'Running threads that have a row, by state.',
      read: () => {
        const counts: Record<ThreadState, number> = { stuck: 0, blocked: 0, busy: 0, idle: 0, running: 0 }
        for (const { state } of watcher.statuses) counts[state]++
        return Object.entries(counts).map(([state, value]) => ({ labels: { state }, value }))
      },
    },
    {
      name: 'threadslots_thread_deaths_total',
      type: 'counter',
      help: 'Threads that had a row and have ended.',
      // A reading that falls would look like a restart of the program.
      read: () => (deaths = Math.max(deaths, watcher.usage.ended)),
    },
    {
      name: 'threadslots_event_loop_blocked_seconds',
      type: 'gauge',
      help: 'Time since the event loop of a watched thread last turned.',
      read: () => blocked.read(watcher.statuses),
    },
    {
      name: 'threadslots_rows',
      type: 'gauge',
      help: 'Rows in use. Each running thread that counts has one.',
      read: () => watcher.usage.owned,
    },
    {
      name: 'threadslots_rows_limit',
      type: 'gauge',
      help: 'Rows that the table has.',
      read: () => memory.maxThreads,
    },
    {
      name: 'threadslots_keys',
      type: 'gauge',
      help: 'Keys that have been created. A labelled key takes one for each combination of labels.',
      read: () => registry.list().length,
    },
    {
      name: 'threadslots_keys_limit',
      type: 'gauge',
      help: 'Keys that the table has room for.',
      read: () => memory.maxKeys,
    },
    {
      name: 'threadslots_lost_threads_total',
      type: 'counter',
      help: 'Threads that got no row. Their values are missing from all others.',
      read: () => table.lost.threads,
    },
    {
      name: 'threadslots_lost_keys_total',
      type: 'counter',
      help: 'Keys that got no room, in each thread that defined them. Their values are missing.',
      read: () => table.lost.keys,
    },
  ]
}

/** How long the event loops of watched threads have been blocked, by place: series of ended threads are used again. */
class BlockedThreads {
  readonly #places = new Places()

  read(statuses: Readings['watcher']['statuses']): Sample[] {
    const watched = new Map(
      statuses.flatMap(({ threadId, threadName = '', blockedMs }) =>
        blockedMs === undefined ? [] : [[threadId, { threadName, blockedMs }]],
      ),
    )
    this.#places.update(new Map([...watched].map(([id, { threadName }]) => [id, threadName])), () => {})
    const samples = this.#places.map(({ name, threadId = -1 }) => ({
      name,
      blockedMs: watched.get(threadId)?.blockedMs,
    }))
    return samples.flatMap(({ name, blockedMs }, place) =>
      blockedMs === undefined
        ? []
        : [{ labels: { thread: place, ...(name && { thread_name: name }) }, value: blockedMs / 1000 }],
    )
  }
}

const OPEN_METRICS = 'application/openmetrics-text'
const OPEN_METRICS_VERSION = '1.0.0'
const TEXT_TYPES = ['text/plain', 'text/*', '*/*']

/** True if a client asks for OpenMetrics by name, in a version that we know, and likes nothing better. */
function prefersOpenMetrics(accept: string): boolean {
  const ranges = accept.split(',').map(range => {
    const [type, ...parameters] = range.split(';').map(part => part.trim().toLowerCase())
    const parameterOf = (name: string) =>
      parameters.find(parameter => parameter.startsWith(`${name}=`))?.slice(name.length + 1)
    return {
      type,
      version: parameterOf('version') ?? OPEN_METRICS_VERSION,
      quality: Number(parameterOf('q') ?? 1),
    }
  })
  const best = (isMatch: (range: (typeof ranges)[number]) => boolean) =>
    Math.max(0, ...ranges.filter(isMatch).map(({ quality }) => quality || 0))
  const openMetrics = best(({ type, version }) => type === OPEN_METRICS && version === OPEN_METRICS_VERSION)
  return openMetrics > 0 && openMetrics >= best(({ type }) => TEXT_TYPES.includes(type as string))
}
