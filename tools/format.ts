/*
 * Numbers and text, as terminals and pages show them.
 */
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const oneDecimal = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const threeDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 })

/** 12,345 */
export const whole = (value: number): string => grouped.format(value)
/** 12.3, without the unit */
export const megabytes = (bytes: number): string => oneDecimal.format(bytes / 1e6)
/** 1.5 s */
export const seconds = (value: number): string => `${oneDecimal.format(value)} s`
/** Rounded down, so that 100 % means all. */
export const percent = (share: number): string => `${Math.floor(share * 100)} %`
/** To three significant digits: 0.123, 12.3, 12,300 */
export const significant = (value: number): string => threeDigits.format(value)
/** 1 tile, 2 tiles */
export const plural = (count: number, noun: string): string =>
  `${whole(count)} ${noun}${count === 1 ? '' : 's'}`

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/**
 * A horizontal bar that fills a share of `columns`, to an eighth of a column. Rounded up, so that any share
 * above 0 is visible.
 */
export function bar(share: number, columns: number): string {
  const eighths = Math.ceil(share * columns * 8)
  return '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7]
}

/** A file name that is safe to print: its control characters could move the cursor or change colours. */
export const printable = (name: string): string => name.replace(/\p{C}/gu, '?')

/** Cuts the end of a text that is too wide, and marks the cut with '…'. */
export function cutEnd(text: string, columns: number): string {
  const characters = [...text]
  if (columnsOf(characters) <= columns) return text
  while (characters.length > 0 && columnsOf(characters) >= columns) characters.pop()
  return columns > 0 ? `${characters.join('')}…` : ''
}

/** Cuts the start of a text that is too wide. Use it for paths, whose end says most. */
export function cutStart(text: string, columns: number): string {
  const reverse = (text: string) => [...text].reverse().join('')
  return reverse(cutEnd(reverse(text), columns))
}

const columnsOf = (characters: readonly string[]): number =>
  characters.reduce((sum, character) => sum + (isWide(character.codePointAt(0) as number) ? 2 : 1), 0)

/**
 * A rough answer: everything from Hangul on counts as wide, except the symbols, which our bars consist of. A
 * narrow character that is taken for a wide one only costs a blank.
 */
const isWide = (codePoint: number): boolean =>
  codePoint >= 0x1100 && (codePoint < 0x2000 || codePoint > 0x2e7f)
