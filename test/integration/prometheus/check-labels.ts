// Lets Prometheus scrape labels that are hard to write down, from both clients and in both formats, and asks it for them.
import * as assert from 'uvu/assert'
import type { Checklist } from './checklist.js'
import { type AnyRegistry, CLIENTS } from './clients.js'
import {
  collectHostileLabels,
  HOSTILE_SAMPLES,
  hostileSamplesIn,
  type LabelledSample,
} from './hostile-labels.js'
import { type MetricsSources, sourceOf } from './metrics-server.js'
import type { Job, Prometheus } from './prometheus-server.js'

interface Target extends Job {
  readonly createRegistry: () => AnyRegistry
}

/** Prometheus reads each in the format that its content type announces. */
const TARGETS: readonly Target[] = CLIENTS.flatMap(client => [
  { name: `${client.name}, text`, createRegistry: client.createRegistry },
  { name: `${client.name}, OpenMetrics`, createRegistry: client.createOpenMetricsRegistry },
]).map((target, i) => ({ ...target, path: `/labels/${i}` }))

export const LABELS_JOBS: readonly Job[] = TARGETS

export const createLabelsMetrics = (): MetricsSources =>
  Object.fromEntries(
    TARGETS.map(({ path, createRegistry }) => {
      const registry = createRegistry()
      collectHostileLabels(registry)
      return [path, sourceOf(registry)]
    }),
  )

export async function checkLabels(checklist: Checklist, prometheus: Prometheus): Promise<void> {
  const expected = hostileSamplesIn(HOSTILE_SAMPLES.map(withStoredLabels))
  for (const job of LABELS_JOBS) {
    await prometheus.whenScraped(job, 1, 0)
    const samples = await prometheus.values(`{job="${job.name}"}`, Date.now())
    checklist.check(`Prometheus has the labels that were counted, from ${job.name}`, () => {
      assert.equal(hostileSamplesIn(samples.map(withStoredLabels)), expected)
    })
  }
}

/** Prometheus adds two labels, and drops those whose value is empty. */
const withStoredLabels = ({
  labels: { job, instance, ...labels },
  ...sample
}: LabelledSample): LabelledSample => ({
  ...sample,
  labels: Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== '')),
})
