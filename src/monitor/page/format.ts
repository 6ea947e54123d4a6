/*
 * Numbers, durations and units as the page shows them.
 */

/** Stands for a missing value. */
export const NO_VALUE = '–'

const full = new Intl.NumberFormat('en', { maximumFractionDigits: 3 })
const threeDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

/** Numbers from here on are written in powers of ten. */
const HUGE = 1e21
const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P', 'E']

/** Seconds in a unit of time. */
const TIMES: ReadonlyMap<string, number> = new Map([
  ['seconds', 1],
  ['milliseconds', 1e-3],
  ['microseconds', 1e-6],
  ['nanoseconds', 1e-9],
])

/** How units are abbreviated. */
const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['percent', '%'],
  ['ratio', ''],
  ['celsius', '°C'],
  ['meters', 'm'],
  ['volts', 'V'],
  ['amperes', 'A'],
  ['joules', 'J'],
  ['grams', 'g'],
])

/** A number with all its digits, and its unit in words: `12,345 bytes`. */
export function fullAmount(value: number | bigint, unit: string | undefined): string {
  if (Number.isNaN(value)) return NO_VALUE
  const number =
    typeof value === 'number' && Math.abs(value) >= HUGE
      ? text(value, v => v.toExponential(3))
      : text(value, v => full.format(v))
  const word = wordOf(unit)
  return word ? `${number} ${word}` : number
}

/** A number to three digits, with its unit: `12.3 kB`, `45 ms`, `1.2M`. */
export function amount(value: number, unit?: string): string {
  if (Number.isNaN(value)) return NO_VALUE
  const secondsPerUnit = TIMES.get(unit ?? '')
  if (secondsPerUnit !== undefined) return time(value * secondsPerUnit)
  const short = prefixed(value)
  if (unit === 'bytes')
    return /[a-zA-Z]$/.test(short) ? `${short.slice(0, -1)} ${short.slice(-1)}B` : `${short} B`
  const symbol = SYMBOLS.get(unit ?? '') ?? wordOf(unit)
  return symbol ? `${short} ${symbol}` : short
}

/** `text` of something finite; otherwise an infinity's sign. */
const text = <N extends number | bigint>(value: N, format: (value: N) => string): string =>
  value === Infinity ? '∞' : value === -Infinity ? '-∞' : format(value)

/** A unit without the brackets that OpenTelemetry puts around things that are counted. */
const wordOf = (unit = ''): string => unit.replace(/^\{(.*)\}$/, '$1')

/** A number to three digits and a prefix: `12.3k`. */
function prefixed(value: number): string {
  const size = Math.abs(value)
  if (!Number.isFinite(value) || size < 1000) return text(value, v => threeDigits.format(v))
  if (size >= HUGE) return value.toExponential(2)
  // 999.6 thousand is shown as 1 million.
  const power = Math.min(PREFIXES.length - 1, Math.floor(Math.log10(Number(size.toPrecision(3))) / 3))
  return `${threeDigits.format(value / 1000 ** power)}${PREFIXES[power]}`
}

/** From nanoseconds to seconds. */
function time(seconds: number): string {
  const size = Math.abs(seconds)
  const [unit, inSeconds] =
    size === 0 || size >= 1
      ? (['s', 1] as const)
      : size >= 1e-3
        ? (['ms', 1e-3] as const)
        : size >= 1e-6
          ? (['µs', 1e-6] as const)
          : (['ns', 1e-9] as const)
  return `${text(seconds / inSeconds, v => threeDigits.format(v))} ${unit}`
}

const SECONDS = 1
const MINUTES = 60
const HOURS = 3600
const DAYS = 86_400

/** A duration in its two largest units: `12 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const of = (size: number, within: number) => Math.floor((seconds % within) / size)
  if (seconds < MINUTES) return `${seconds} s`
  if (seconds < HOURS) return `${of(MINUTES, HOURS)} min ${of(SECONDS, MINUTES)} s`
  if (seconds < DAYS) return `${of(HOURS, DAYS)} h ${of(MINUTES, HOURS)} min`
  return `${Math.floor(seconds / DAYS)} d ${of(HOURS, DAYS)} h`
}

/** The time of day: `12:03:04`. */
export const timeOfDay = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB')

/** 1 thread, 2 threads */
export const plural = (count: number, noun: string): string =>
  `${full.format(count)} ${noun}${count === 1 ? '' : 's'}`
