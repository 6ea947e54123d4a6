/*
 * Text for a terminal: free of control characters, measured in columns, truncated and aligned.
 */
import stringWidth from 'string-width'

export type Alignment = 'left' | 'right'

/**
 * Replaces control and other invisible characters with '?'. The joiners stay, because many scripts need them.
 */
export const printable = (text: string): string =>
  text.replace(/(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/gu, '?')

/** Most text consists of these characters. Each is one column wide, so the slow library isn't asked. */
const ONE_COLUMN_CHARACTERS = /^[ -~°µ·–…←-↓▁-█░▸▾]*$/

/** The number of terminal columns that a text without control characters takes. */
export const widthOf = (text: string): number =>
  ONE_COLUMN_CHARACTERS.test(text) ? text.length : stringWidth(text)

const graphemes = new Intl.Segmenter()

/**
 * Truncates a text to a width of one column or more. It cuts between whole characters and marks the cut with
 * '…'.
 */
export function truncate(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let room = width - 1
  let end = 0
  for (const { segment, index } of graphemes.segment(text)) {
    room -= widthOf(segment)
    if (room < 0) break
    end = index + segment.length
  }
  return `${text.slice(0, end)}…`
}

/** Truncates or pads a text, so that it takes exactly this width. */
export function alignText(text: string, width: number, align: Alignment): string {
  const fitting = truncate(text, width)
  const blanks = ' '.repeat(Math.max(0, width - widthOf(fitting)))
  return align === 'left' ? fitting + blanks : blanks + fitting
}
