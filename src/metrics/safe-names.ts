/*
 * Names for metrics of keys that any code may have defined.
 */
import type { Instrument, Kind } from './instruments.js'
import { firstFree, underscored } from './names.js'
import { HISTOGRAM_SUFFIXES, isMetricName, metricName } from './prometheus-names.js'

/** Hands out names that Prometheus accepts, and none that another metric's lines have. */
export class SafeNames {
  /** Names of lines, and of metrics in OpenMetrics. */
  readonly #taken = new Set<string>()

  /** Keeps a name from being handed out. */
  reserve(name: string, kind: Kind): void {
    for (const line of linesOf(name, kind)) this.#taken.add(line)
  }

  /** The name that `collect` would use, if it is valid and free; or else one that resembles it. */
  take(prefix: string, instrument: Instrument): string {
    const { kind } = instrument
    const name = firstFree(
      n => safeName(prefix, instrument, n),
      name => linesOf(name, kind).some(line => this.#taken.has(line)),
    )
    this.reserve(name, kind)
    return name
  }
}

/** @param n a number that tells the name from others, and is part of it unless it is 1. */
function safeName(prefix: string, { kind, unit, baseName }: Instrument, n: number): string {
  const numbered = [baseName, ...(n > 1 ? [n] : [])].filter(Boolean).join('_')
  const name = underscored(prefix + metricName({ kind, unit, baseName: numbered }))
  // A counter needs a name before `_total`, because OpenMetrics calls it by that. A registry drops one `_total` per scrape.
  if (kind === 'counter') return `${name.replace(/(_total)+$/, '') || 'value'}_total`
  return isMetricName(name, kind) ? name : `${name}_value`
}

/** All names that a metric occupies: in either format, those of its lines and of itself. */
function linesOf(name: string, kind: Kind): string[] {
  const own = kind === 'counter' ? name.replace(/_total$/, '') : name
  const suffixes = {
    counter: ['_total', '_created'],
    gauge: [],
    histogram: [...HISTOGRAM_SUFFIXES, '_created'],
  }
  return [own, ...suffixes[kind].map(suffix => own + suffix)]
}
