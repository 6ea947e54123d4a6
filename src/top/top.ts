/*
 * `top`: reads a thread-local in intervals and shows it, until it is stopped or the program ends.
 */
import { definitionOf, type Schema, type ThreadLocal } from '../index.js'
import { fullNumber } from './format.js'
import { captureKeyboard } from './keyboard.js'
import { resolveOptions, type TopOptions } from './options.js'
import { plainLine } from './plain-line.js'
import { Reader, type TopReading } from './reading.js'
import { Screen } from './screen.js'
import { isTerminal, type TopStream } from './stream.js'
import { Table } from './table.js'

/** Files and pipes get a line once in this number of intervals. */
const INTERVALS_PER_PLAIN_LINE = 10

/** Terminals that show a table. */
const terminalsInUse = new WeakSet<TopStream>()

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
  const { intervalMs, stream, columns, input, title, header, footer } = resolveOptions(definition, options)
  if (terminalsInUse.has(stream))
    throw new TypeError('stream already shows a table; use another terminal, or stop that table first')
  const screen = isTerminal(stream) ? new Screen(stream) : undefined
  if (screen) terminalsInUse.add(stream)

  const subject = fields.length > 0 ? name : 'nothing to count'
  const reader = new Reader(local)
  const table = new Table(columns, input !== undefined)
  let reading = reader.read()
  let isOpen = true

  const draw = () => {
    const text = title?.() ?? defaultTitle(subject, reading)
    if (!screen) return void stream.write(`${plainLine(text, columns, reading)}\n`)
    const { size } = screen
    const captions = {
      title: text,
      header: toArray(header?.(size.columns)),
      footer: toArray(footer?.(size.columns)),
    }
    screen.show(table.lines(reading, captions, size))
  }
  const redraw = () => {
    try {
      draw()
    } catch (error) {
      // One of the user's functions threw. Closing keeps the last picture from calling it again.
      close()
      throw error
    }
  }
  const refresh = () => {
    reading = reader.read()
    redraw()
  }
  const stop = () => {
    if (!isOpen) return
    reading = reader.readLast()
    // The last picture remains when the keyboard no longer does anything.
    table.hasKeyboard = false
    redraw()
    close()
  }
  const close = () => {
    if (!isOpen) return
    isOpen = false
    clearInterval(timer)
    process.off('exit', stop)
    stream.off('resize', redraw)
    releaseKeyboard?.()
    screen?.finish()
    terminalsInUse.delete(stream)
    // The stream's reader may be gone. That error comes only once everything is written, so keep listening
    // until then.
    stream.write('', error => void (error || stream.off('error', close)))
  }

  const releaseKeyboard =
    input &&
    captureKeyboard(input, {
      onKey: key => {
        if (key === 'q') return stop()
        table.press(key)
        redraw()
      },
      onSuspend: () => screen?.finish(),
      onResume: redraw,
    })
  const timer = setInterval(refresh, screen ? intervalMs : INTERVALS_PER_PLAIN_LINE * intervalMs)
  timer.unref()
  process.on('exit', stop)
  stream.on('resize', redraw)
  stream.on('error', close)
  if (screen) redraw()
  return stop
}

const defaultTitle = (name: string, { seconds, threads }: TopReading): string =>
  `${name} · ${threads.length} ${threads.length === 1 ? 'thread' : 'threads'} · ${fullNumber(seconds, 1)} s`

const toArray = (lines: string | readonly string[] = []): readonly string[] =>
  typeof lines === 'string' ? [lines] : lines
