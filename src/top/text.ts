/*
 * Text as a terminal may get it: no control characters, cut to a width. And values as text.
 */
import stringWidth from 'string-width'

/** Control characters, and what else can't be seen, are shown as '?'; but for the joiners, which many scripts need. */
export const printable = (text: string): string =>
  text.replace(/(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/gu, '?')

/** Characters of one column each, that most texts consist of: the library takes long for them. */
const NARROW = /^[ -~·–…←-↓▁-█░]*$/

/** Columns of a terminal that a text takes. It has no control characters. */
export const widthOf = (text: string): number => (NARROW.test(text) ? text.length : stringWidth(text))

const characters = new Intl.Segmenter()

/** As much of a text as so many columns hold, one or more, in whole characters. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let room = columns - 1
  let end = 0
  for (const { segment, index } of characters.segment(text)) {
    room -= widthOf(segment)
    if (room < 0) break
    end = index + segment.length
  }
  return `${text.slice(0, end)}…`
}

/** A text in a column of the table. */
export function aligned(text: string, columns: number, align: 'left' | 'right'): string {
  const fitting = cut(text, columns)
  const blanks = ' '.repeat(Math.max(0, columns - widthOf(fitting)))
  return align === 'left' ? fitting + blanks : blanks + fitting
}

const formats = Array.from(
  { length: 7 },
  (_, digits) =>
    new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
)

/** A number with all its digits, in groups, and so many decimals, up to 6; in powers of ten where that is unreadable. */
export function fullNumber(value: number | bigint, decimals = 0): string {
  if (Number.isNaN(value)) return NOTHING
  const isFar = typeof value === 'number' && Math.abs(value) >= 1e21 && Number.isFinite(value)
  const isNear = typeof value === 'number' && decimals > 0 && value !== 0 && Math.abs(value) < 1e-5
  if (isFar || isNear) return value.toExponential(3)
  return (formats[decimals] as Intl.NumberFormat).format(value)
}

/** So many decimals that the largest of some numbers has five digits, and one decimal at least; none if all are whole. */
export function decimalsFor(values: readonly unknown[]): number {
  const broken = values.filter((value): value is number => typeof value === 'number' && value % 1 !== 0)
  const largest = Math.max(...broken.map(Math.abs).filter(Number.isFinite), 0)
  if (largest === 0) return 0
  return Math.min(6, Math.max(1, 4 - Math.floor(Math.log10(largest))))
}

const UNITS = ['', 'k', 'M', 'G', 'T', 'P', 'E']

/** A number in four digits at most, and a unit. */
export function shortNumber(value: number | bigint): string {
  const number = Number(value)
  if (Number.isNaN(number)) return NOTHING
  const size = Math.abs(number)
  if (size < 1e4 && number % 1 === 0) return fullNumber(number)
  if (size < 1e-3 || size >= 1e21) return Number.isFinite(number) ? number.toExponential(1) : String(number)
  const power = Math.max(0, Math.floor(Math.log10(size) / 3))
  return `${(number / 1000 ** power).toPrecision(4)}${UNITS[power]}`
}

/** What stands for a value that there is not. */
export const NOTHING = '–'

const BARS = '▁▂▃▄▅▆▇█'
const SPARK_COLUMNS = 16

/** Many numbers as bars, from 0 to the largest of them; where they are too many, a bar is the largest of some neighbours. */
export function spark(values: ArrayLike<number | bigint>): string {
  const each = Math.ceil(values.length / SPARK_COLUMNS)
  const all = Array.from(values, value => (Number.isFinite(Number(value)) ? Number(value) : 0))
  const tops = Array.from({ length: Math.ceil(all.length / each) }, (_, i) =>
    Math.max(...all.slice(i * each, (i + 1) * each)),
  )
  const least = Math.min(0, ...tops)
  const range = Math.max(0, ...tops) - least
  // The lowest bar is for 0 alone.
  return tops.map(top => BARS[range > 0 ? Math.ceil(7 * ((top - least) / range)) : 0]).join('')
}

const HEX_BYTES = 12

/** Bytes as the text that they are, up to the first NUL; as hexadecimal digits where they are none. */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.findLastIndex(byte => byte !== 0) + 1
  const text = new TextDecoder().decode(bytes.subarray(0, end))
  if (printable(text) === text && !text.includes('\ufffd')) return text
  const digits = Array.from(bytes.subarray(0, HEX_BYTES), byte => byte.toString(16).padStart(2, '0')).join('')
  return bytes.length > HEX_BYTES ? `${digits}…` : digits
}
