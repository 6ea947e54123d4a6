/*
 * A table that stays on a stream while its readings change: as a picture on a terminal, as lines anywhere else.
 */
import type { ReadStream } from 'node:tty'
import { captureKeyboard } from './keyboard.js'
import type { TopLines } from './options.js'
import { plainLine } from './plain-line.js'
import type { TopReading } from './reading.js'
import { Screen } from './screen.js'
import type { TopSource } from './source.js'
import { isTerminal, type TopStream } from './stream.js'
import { Table } from './table.js'

export interface LiveTableOptions {
  readonly stream: TopStream
  /** The keyboard to capture, if any. */
  readonly input: ReadStream | undefined
  readonly title: (reading: TopReading) => string
  readonly header?: TopLines | undefined
  readonly footer?: TopLines | undefined
  /** Whether the cursor stays visible, so that not even SIGKILL leaves a terminal without one. */
  readonly showCursor?: boolean
  /** Called once, when the table is stopped or its stream has failed. */
  readonly onClose: () => void
}

/** Files and pipes get a line once in this number of readings. */
export const READINGS_PER_PLAIN_LINE = 10

/** Terminals that show a table. */
const terminalsInUse = new WeakSet<TopStream>()

export class LiveTable {
  readonly #source: TopSource
  readonly #options: LiveTableOptions
  /** Undefined if the stream is not a terminal. */
  readonly #screen: Screen | undefined
  readonly #table: Table
  readonly #releaseKeyboard: (() => void) | undefined
  #reading: TopReading
  #isOpen = true

  /**
   * Shows the first picture. A stream that is not a terminal gets its first line with the first refresh.
   * @throws {TypeError} if the terminal already shows a table.
   */
  constructor(source: TopSource, options: LiveTableOptions) {
    const { stream, input, showCursor } = options
    if (terminalsInUse.has(stream))
      throw new TypeError('stream already shows a table; use another terminal, or stop that table first')
    this.#source = source
    this.#options = options
    this.#screen = isTerminal(stream) ? new Screen(stream, showCursor) : undefined
    if (this.#screen) terminalsInUse.add(stream)
    this.#table = new Table(source.columns, input !== undefined)
    this.#reading = source.read()
    this.#releaseKeyboard =
      input &&
      captureKeyboard(input, {
        onKey: key => {
          if (key === 'q') return this.stop()
          this.#table.press(key)
          this.redraw()
        },
        onSuspend: () => this.#screen?.finish(),
        onResume: this.redraw,
      })
    process.on('exit', this.stop)
    stream.on('resize', this.redraw)
    stream.on('error', this.#close)
    if (this.#screen) this.redraw()
  }

  /** Shows the values that the source has by now. */
  refresh(): void {
    this.#reading = this.#source.read()
    this.redraw()
  }

  /** Shows the same values again. */
  readonly redraw = (): void => {
    try {
      this.#draw()
    } catch (error) {
      // One of the user's functions threw. Closing keeps the last picture from calling it again.
      this.#close()
      throw error
    }
  }

  /** Leaves a last picture, or a last line. */
  readonly stop = (): void => {
    if (!this.#isOpen) return
    this.#reading = this.#source.readLast()
    // The last picture remains when the keyboard no longer does anything.
    this.#table.hasKeyboard = false
    this.redraw()
    this.#close()
  }

  #draw(): void {
    const { title, header, footer, stream } = this.#options
    const { columns } = this.#source
    const text = title(this.#reading)
    if (!this.#screen) return void stream.write(`${plainLine(text, columns, this.#reading)}\n`)
    const { size } = this.#screen
    this.#table.setColumns(columns)
    const captions = {
      title: text,
      header: toArray(header?.(size.columns)),
      footer: toArray(footer?.(size.columns)),
    }
    this.#screen.show(this.#table.lines(this.#reading, captions, size))
  }

  readonly #close = (): void => {
    if (!this.#isOpen) return
    this.#isOpen = false
    const { stream, onClose } = this.#options
    process.off('exit', this.stop)
    stream.off('resize', this.redraw)
    this.#releaseKeyboard?.()
    this.#screen?.finish()
    terminalsInUse.delete(stream)
    onClose()
    // The stream's reader may be gone. That error comes only once everything is written, so keep listening
    // until then.
    stream.write('', error => void (error || stream.off('error', this.#close)))
  }
}

const toArray = (lines: string | readonly string[] = []): readonly string[] =>
  typeof lines === 'string' ? [lines] : lines
