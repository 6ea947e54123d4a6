import type { Unit } from '../harness/meter.js'

const TIMES = [
  { unit: 's', ns: 1e9 },
  { unit: 'ms', ns: 1e6 },
  { unit: 'µs', ns: 1e3 },
  { unit: 'ns', ns: 1 },
]

/** A value with a suitable multiple of its unit, to three digits: '12.3 µs', '4.00 KiB'. */
export function quantity(unit: Unit, value: number): string {
  if (unit === 'per s') return value >= 1e6 ? `${digits(value / 1e6)} M/s` : `${digits(value / 1e3)} k/s`
  if (unit === 'bytes') return Math.abs(value) >= 1024 ? `${digits(value / 1024)} KiB` : `${digits(value)} B `
  if (unit === 'count') return digits(value)
  const { unit: name, ns } = TIMES.find(({ ns }) => value >= ns) ?? { unit: 'ns', ns: 1 }
  return `${digits(value / ns)} ${name}`
}

function digits(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US')
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}
