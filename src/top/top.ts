/*
 * `top`: reads a thread-local in intervals and shows it, until it is stopped or the program ends.
 */
import { definitionOf, type Schema, type ThreadLocal } from '../index.js'
import { fullNumber } from './format.js'
import { LiveTable, READINGS_PER_PLAIN_LINE } from './live-table.js'
import { resolveOptions, type TopOptions } from './options.js'
import { Reader, type TopReading } from './reading.js'
import { isTerminal } from './stream.js'

/**
 * Shows a live table. It has a row for each running thread, with its id and name, then what dead threads
 * left, the total of both, and the increase per second. It never exceeds the window: a hint counts the threads
 * and columns that don't fit, and the arrow keys, PgUp, PgDn, Home and End scroll to them. Bytes are shown as
 * hexadecimal digits, other vectors as bars, and histograms as their median, 99th percentile and bars. A labelled
 * key has one column, which shows the sum of its children; the key `e` gives each child a column of its own. A
 * stream that is not a terminal gets a line with the totals once in ten intervals.
 *
 * Reading doesn't disturb the threads, and the table doesn't keep the program alive. When the program ends or
 * the table is stopped, a last picture remains, whose rates are those of the whole time. Other output to the
 * same terminal tears the picture.
 *
 * ```js
 * const stop = top(jobs, { intervalMs: 250, columns: { slowestMs: { heading: 'slowest' }, bytes: false } })
 * ```
 * @returns a function that stops the table. `q` stops it, too.
 * @throws {TypeError} if `local` was not made by `threadLocal`, an option is of the wrong type, `columns` has
 * a name that is not a key's, or the terminal already shows a table.
 * @throws {RangeError} if the interval is out of range.
 */
export function top<S extends Schema>(local: ThreadLocal<S>, options: TopOptions<S> = {}): () => void {
  const definition = definitionOf(local)
  const { name, fields } = definition
  const { intervalMs, columns, title, ...places } = resolveOptions(definition, options)
  const subject = fields.length > 0 ? name : 'nothing to count'
  const reader = new Reader(local)
  const source = { columns, read: () => reader.read(), readLast: () => reader.readLast() }
  let timer: NodeJS.Timeout | undefined
  const table = new LiveTable(source, {
    ...places,
    title: reading => title?.() ?? defaultTitle(subject, reading),
    onClose: () => clearInterval(timer),
  })
  const readingsPerPicture = isTerminal(places.stream) ? 1 : READINGS_PER_PLAIN_LINE
  timer = setInterval(() => table.refresh(), readingsPerPicture * intervalMs)
  timer.unref()
  return table.stop
}

const defaultTitle = (name: string, { seconds, threads }: TopReading): string =>
  `${name} · ${threads.length} ${threads.length === 1 ? 'thread' : 'threads'} · ${fullNumber(seconds, 1)} s`
