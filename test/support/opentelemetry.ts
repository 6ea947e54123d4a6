// A reader of OpenTelemetry's own SDK, and what it collects.
import type { Meter } from '@opentelemetry/api'
import {
  AggregationTemporality,
  MeterProvider,
  type MetricData,
  MetricReader,
  type MetricReaderOptions,
} from '@opentelemetry/sdk-metrics'
import * as assert from 'uvu/assert'

export class Reader extends MetricReader {
  override async onForceFlush(): Promise<void> {}
  override async onShutdown(): Promise<void> {}
}

/** A meter, and a function that collects its metrics by name. */
export function meterAndCollector(options: MetricReaderOptions = {}): {
  meter: Meter
  collect(): Promise<Map<string, MetricData>>
} {
  const reader = new Reader(options)
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test')
  const collect = async () => {
    const { resourceMetrics, errors } = await reader.collect()
    assert.equal(errors, [])
    const metrics = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)
    return new Map(metrics.map(metric => [metric.descriptor.name, metric]))
  }
  return { meter, collect }
}

export const DELTA: MetricReaderOptions = {
  aggregationTemporalitySelector: () => AggregationTemporality.DELTA,
}

/** Values by attributes, as JSON. */
export const pointsOf = (metric: MetricData | undefined): Map<string, number> =>
  new Map(metric?.dataPoints.map(({ attributes, value }) => [JSON.stringify(attributes), value as number]))
