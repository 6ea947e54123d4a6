/*
 * A picture as text: a screenful for a terminal, a line for a file.
 */
import type { styleText } from 'node:util'
import type { Crash } from './crew.js'
import { bar, cutEnd, cutStart, megabytes, percent, printable, seconds, whole } from './format.js'
import type { Picture } from './picture.js'
import { fileOf, type Plan } from './plan.js'
import type { Tally } from './tally.js'

/** A line, in one style. */
export interface Line {
  readonly text: string
  readonly style: Parameters<typeof styleText>[0]
}

const EMPTY: Line = { text: '', style: 'reset' }
/** A column holds as many characters. */
const COLUMNS = { label: 8, files: 9, megabytes: 9, lines: 13, words: 14, longest: 9 }
/** Lines of a screenful that are no threads. */
const FIXED_LINES = 9

/** At most so many lines of so many columns. Threads that don't fit are left out, and counted. */
export function screenful(picture: Picture, columns: number, rows: number): Line[] {
  const { plan, totals, retired, rates, crash } = picture
  const lines: Line[] = [
    { text: title(picture), style: 'bold' },
    { text: progress(picture, columns), style: 'cyan' },
    EMPTY,
    { text: heading(), style: 'dim' },
    ...threadLines(picture, columns, rows - FIXED_LINES),
    { text: row('retired', retired), style: crash ? 'yellow' : 'dim' },
    { text: row('total', totals), style: 'bold' },
    { text: row('per s', rates), style: 'dim' },
    EMPTY,
    crash ? { text: obituary(crash, plan, columns), style: 'yellow' } : EMPTY,
  ]
  return lines.slice(0, rows).map(({ text, style }) => ({ text: cutEnd(text, columns), style }))
}

/** All in one line. */
export function summary({ share, totals, retired, rates, threads }: Picture): string {
  return [
    percent(share).padStart(5),
    `${whole(totals.files)} files`,
    `${megabytes(totals.bytes)} MB`,
    `${whole(totals.lines)} lines`,
    `${whole(totals.words)} words`,
    `${megabytes(rates.bytes)} MB/s`,
    `threads: ${threads.length}`,
    `retired: ${whole(retired.files)} files`,
  ].join('  ')
}

/** How a thread ended, in one line; of the file's name, what fits. */
export function obituary({ threadId, heirId, takeover }: Crash, plan: Plan, columns: number): string {
  if (takeover === undefined)
    return `thread ${threadId} was terminated between two files; thread ${heirId} took over`
  const { name, bytes } = fileOf(plan, takeover.job)
  const start = `thread ${threadId} was terminated ${megabytes(takeover.counted.bytes)} of ${megabytes(bytes)} MB into `
  const end = `; thread ${heirId} took over`
  return start + cutStart(printable(name), columns - start.length - end.length) + end
}

const title = ({ plan, threads }: Picture): string =>
  [
    'threadslots',
    `${whole(plan.files.length)} files${plan.passes > 1 ? `, ${plan.passes} times` : ''}`,
    `${threads.length} ${threads.length === 1 ? 'thread' : 'threads'}`,
  ].join(' · ')

function progress({ share, seconds: elapsed }: Picture, columns: number): string {
  const figures = `${percent(share).padStart(6)}${seconds(elapsed).padStart(8)}`
  const barColumns = Math.max(0, columns - figures.length)
  return bar(share, barColumns).padEnd(barColumns, '░') + figures
}

const heading = (): string =>
  'thread'.padStart(COLUMNS.label) +
  'files'.padStart(COLUMNS.files) +
  'MB'.padStart(COLUMNS.megabytes) +
  'lines'.padStart(COLUMNS.lines) +
  'words'.padStart(COLUMNS.words) +
  'longest'.padStart(COLUMNS.longest)

/** A row of the table; a thread lacks the figures that it has not used yet, and a rate has no maximum. */
function row(label: string, { files, bytes, lines, words, longest }: Partial<Tally>): string {
  const cell = (value: number | undefined, columns: number, format = whole) =>
    (value === undefined ? '' : format(value)).padStart(columns)
  return (
    label.padStart(COLUMNS.label) +
    cell(files, COLUMNS.files) +
    cell(bytes, COLUMNS.megabytes, megabytes) +
    cell(lines, COLUMNS.lines) +
    cell(words, COLUMNS.words) +
    cell(longest, COLUMNS.longest)
  )
}

function threadLines({ plan, threads }: Picture, columns: number, rows: number): Line[] {
  const shown = threads.length <= rows ? threads : threads.slice(0, Math.max(0, rows - 1))
  const lines = shown.map(({ threadId, job = -1, ...figures }): Line => {
    const figuresText = row(String(threadId), figures)
    const name = job === -1 ? '' : printable(fileOf(plan, job).name)
    return { text: `${figuresText}  ${cutStart(name, columns - figuresText.length - 2)}`, style: 'reset' }
  })
  const hidden = threads.length - shown.length
  return hidden === 0
    ? lines
    : [...lines, { text: `${'…'.padStart(COLUMNS.label)} ${hidden} more`, style: 'dim' }]
}
