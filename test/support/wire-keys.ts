// Keys and readings as a monitor's client receives them.
import type { ReceivedReading, ReceivedValues, WireKey } from '../../src/monitor/wire.js'

/** A key. By default it is a counter. */
export const wireKey = (name: string, details: Partial<WireKey> = {}): WireKey => ({
  keyId: 0,
  name,
  type: 'count',
  fold: 'sum',
  retire: true,
  histogram: 0,
  ...details,
})

/** A child of a labelled counter. */
export const wireChild = (family: string, method: string, details: Partial<WireKey> = {}): WireKey =>
  wireKey(`${family}${JSON.stringify({ method })}`, { family, labels: { method }, ...details })

/** The overflow child of such a counter. */
export const wireOverflow = (family: string, details: Partial<WireKey> = {}): WireKey =>
  wireKey(family, { family, labels: { method: 'other' }, ...details })

/** A reading after some seconds, with these totals. */
export const readingAt = (
  seconds: number,
  totals: ReceivedValues,
  details: Partial<ReceivedReading> = {},
): ReceivedReading => ({
  timeMs: 1_700_000_000_000 + 1000 * seconds,
  uptimeMs: 1000 * seconds,
  pid: 1,
  isHealthy: true,
  threads: [],
  retired: {},
  totals,
  ...details,
})
