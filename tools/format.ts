/*
 * Numbers and text, as they are shown.
 */
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const oneDecimal = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })

export const whole = (value: number): string => grouped.format(value)
export const megabytes = (bytes: number): string => oneDecimal.format(bytes / 1e6)
export const seconds = (value: number): string => `${oneDecimal.format(value)} s`
/** Rounded down: 100 % is all. */
export const percent = (share: number): string => `${Math.floor(share * 100)} %`

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar as long as a share of so many columns, to an eighth of a column. What is more than nothing is seen. */
export function bar(share: number, columns: number): string {
  const eighths = Math.ceil(share * columns * 8)
  return '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7]
}

/** A name as a terminal may see it: control characters in file names are no joke. */
export const printable = (name: string): string => name.replace(/\p{C}/gu, '?')

/** The beginning of a text that doesn't fit. */
export function cutEnd(text: string, columns: number): string {
  const characters = [...text]
  if (columnsOf(characters) <= columns) return text
  while (characters.length > 0 && columnsOf(characters) >= columns) characters.pop()
  return columns > 0 ? `${characters.join('')}…` : ''
}

/** The end of a text that doesn't fit: of a path, this tells most. */
export function cutStart(text: string, columns: number): string {
  const reverse = (text: string) => [...text].reverse().join('')
  return reverse(cutEnd(reverse(text), columns))
}

const columnsOf = (characters: readonly string[]): number =>
  characters.reduce((sum, character) => sum + (isWide(character.codePointAt(0) as number) ? 2 : 1), 0)

/** Roughly: from Hangul on, but for symbols, of which we draw bars. To take one for wide costs a blank. */
const isWide = (codePoint: number): boolean =>
  codePoint >= 0x1100 && (codePoint < 0x2000 || codePoint > 0x2e7f)
