/*
 * `threadslots/top`: a live table of all threads' values, for any program. Needs the package log-update.
 */
import { definitionOf, type Schema, type ThreadLocal } from '../index.js'
import { localName } from '../metrics/local-name.js'
import type { TopColumn } from './columns.js'
import { takeKeys } from './keys.js'
import {
  checkColumns,
  checkInterval,
  checkLines,
  checkStream,
  inputFor,
  type TopLines,
  type TopOptions,
  type TopValue,
} from './options.js'
import { plainLine } from './plain.js'
import { reader, type TopReading } from './reading.js'
import { isTerminal, Screen, type TopStream } from './screen.js'
import { Table } from './table.js'
import { fullNumber } from './text.js'

export type { TopColumn, TopLines, TopOptions, TopStream, TopValue }

/** Without a terminal it is slower. */
const PLAIN_INTERVALS = 10

/** Terminals that show a table. */
const busy = new WeakSet<TopStream>()

/**
 * Shows a live table: a row for each running thread, then what dead ones left, the total, and what is added in a
 * second. It is as large as its window at most; threads and columns that don't fit are counted, and the arrow keys,
 * PgUp, PgDn, Home and End go there. Bytes are shown as text, vectors as bars, histograms as median, 99th percentile and
 * bars. A stream that is no terminal gets a line with the totals now and then.
 *
 * Reading disturbs none of the threads, and keeps no program alive. When the program ends, or the table is stopped, a
 * last picture remains, with the rates of the whole time. Whatever else is written to the terminal tears the picture.
 * @returns a function that stops it; `q` does, too.
 * @throws {TypeError} if `local` was not made by `threadLocal`, an option is of the wrong type, `columns` names what is no
 * key, or the terminal already shows a table.
 * @throws {RangeError} if the interval is out of range.
 */
export function top<S extends Schema>(local: ThreadLocal<S>, options: TopOptions<S> = {}): () => void {
  const definition = definitionOf(local)
  const intervalMs = checkInterval(options.intervalMs)
  const stream = checkStream(options.stream)
  const columns = checkColumns(definition.fields, options.columns)
  const input = inputFor(stream, options.keys)
  const title = checkLines('title', options.title)
  const header = checkLines('header', options.header)
  const footer = checkLines('footer', options.footer)
  if (busy.has(stream)) throw new TypeError('the terminal already shows a table; stop that one first')
  const screen = isTerminal(stream) ? new Screen(stream) : undefined
  if (screen) busy.add(stream)

  const name = definition.fields.length > 0 ? localName(local) : 'nothing to count'
  const read = reader(local)
  const table = new Table(columns, input !== undefined)
  let reading = read(false)
  let isOpen = true

  const draw = () => {
    const text = title?.() ?? titleOf(name, reading)
    if (!screen) return void stream.write(`${plainLine(text, columns, reading)}\n`)
    const { window } = screen
    const surroundings = {
      title: text,
      header: linesOf(header?.(window.columns)),
      footer: linesOf(footer?.(window.columns)),
    }
    screen.show(table.lines(reading, surroundings, window))
  }
  const redraw = () => {
    try {
      draw()
    } catch (error) {
      // A function of the options threw: it shall not do so once more at the end.
      close()
      throw error
    }
  }
  const refresh = () => {
    reading = read(false)
    redraw()
  }
  const stop = () => {
    if (!isOpen) return
    reading = read(true)
    redraw()
    close()
  }
  const close = () => {
    if (!isOpen) return
    isOpen = false
    clearInterval(timer)
    process.off('exit', stop)
    stream.off('resize', redraw)
    releaseKeys?.()
    screen?.leave()
    busy.delete(stream)
    // Whoever read the stream may be gone: that is known only when all is written.
    stream.write('', error => void (error || stream.off('error', close)))
  }

  const releaseKeys =
    input &&
    takeKeys(input, {
      onKey: key => {
        if (key === 'q') return stop()
        table.scroll(key)
        redraw()
      },
      onSuspend: () => screen?.leave(),
      onResume: redraw,
    })
  const timer = setInterval(refresh, screen ? intervalMs : PLAIN_INTERVALS * intervalMs)
  timer.unref()
  process.on('exit', stop)
  stream.on('resize', redraw)
  stream.on('error', close)
  if (screen) redraw()
  return stop
}

const titleOf = (name: string, { seconds, threads }: TopReading): string =>
  `${name} · ${threads.length} ${threads.length === 1 ? 'thread' : 'threads'} · ${fullNumber(seconds, 1)} s`

const linesOf = (lines: string | readonly string[] = []): readonly string[] =>
  typeof lines === 'string' ? [lines] : lines
