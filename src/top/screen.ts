/*
 * A terminal on which one picture replaces the other.
 */
import { styleText } from 'node:util'
import { createLogUpdate } from 'log-update'
import type { Line, WindowSize } from './lines.js'
import type { TopStream } from './stream.js'
import { widthOf } from './text.js'

/** Assumed if the terminal doesn't know its size. */
const DEFAULT_SIZE: WindowSize = { columns: 80, rows: 24 }

export class Screen {
  readonly #stream: TopStream
  readonly #update: ReturnType<typeof createLogUpdate>
  readonly #hasColors: boolean
  /** The widths of the lines that are shown. */
  #widths: readonly number[] = []
  /** The window's columns when they were drawn. */
  #drawnColumns = 0

  /** @param showCursor whether the cursor stays visible, below the picture. */
  constructor(stream: TopStream, showCursor = false) {
    this.#stream = stream
    this.#update = createLogUpdate(stream as typeof process.stdout, { showCursor })
    this.#hasColors = stream.hasColors?.() ?? false
  }

  /**
   * The part of the window that a picture may fill. The last row stays free for the cursor, and the last
   * column because the sequence that erases the rest of a line starts there.
   */
  get size(): WindowSize {
    const rows = this.#stream.rows || DEFAULT_SIZE.rows
    return { columns: Math.max(1, this.#columns - 1), rows: Math.max(1, rows - 1) }
  }

  /** Replaces the picture. */
  show(lines: readonly Line[]): void {
    this.#eraseLeftovers(lines.length)
    this.#widths = lines.map(({ text }) => widthOf(text))
    this.#drawnColumns = this.#columns
    this.#update(lines.map(line => this.#paint(line)).join('\n'))
  }

  /** Leaves the picture where it is. The next one is drawn below. */
  finish(): void {
    this.#update.done()
    this.#widths = []
  }

  get #columns(): number {
    return this.#stream.columns || DEFAULT_SIZE.columns
  }

  /**
   * Erases what log-update would leave behind. It compares pictures line by line, so it needs a clean start
   * when their number changes. And it doesn't know that a terminal wraps lines when its window becomes
   * narrower.
   */
  #eraseLeftovers(lineCount: number): void {
    const columns = this.#columns
    const hasNarrowed = columns < this.#drawnColumns
    const extraRows = hasNarrowed
      ? this.#widths.map(width => Math.max(0, Math.ceil(width / columns) - 1))
      : []
    const extraRowCount = extraRows.reduce((sum, rows) => sum + rows, 0)
    if (extraRowCount > 0 || lineCount !== this.#widths.length) this.#update.clear()
    if (extraRowCount > 0) this.#stream.write(`\x1b[${extraRowCount}A\x1b[J`)
  }

  #paint({ text, style }: Line): string {
    if (!this.#hasColors || text === '' || style === 'reset') return text
    // The stream was asked for its colors. By default, newer versions of Node would ask standard output.
    return styleText(style, text, { validateStream: false })
  }
}
