/*
 * Where the table goes: to a terminal, which is redrawn.
 */
import { styleText } from 'node:util'
import { createLogUpdate } from 'log-update'
import type { Line, Window } from './table.js'
import { widthOf } from './text.js'

/** Where a table can be written: any writable stream of Node; a terminal if `isTTY` is true, as `process.stdout` may be. */
export interface TopStream {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  hasColors?(): boolean
  write(text: string, done?: (error?: Error | null) => void): unknown
  on(event: 'error' | 'resize', listener: () => void): unknown
  off(event: 'error' | 'resize', listener: () => void): unknown
}

/** A dumb terminal can't be redrawn. */
export const isTerminal = (stream: TopStream): boolean => stream.isTTY === true && process.env.TERM !== 'dumb'

export class Screen {
  readonly #stream: TopStream
  readonly #update: ReturnType<typeof createLogUpdate>
  readonly #hasColors: boolean
  #widths: readonly number[] = []
  #columns = 0

  constructor(stream: TopStream) {
    this.#stream = stream
    this.#update = createLogUpdate(stream as typeof process.stdout)
    this.#hasColors = stream.hasColors?.() ?? false
  }

  /** One row less, since the cursor stands below; one column less, since what erases the rest of a line starts there. */
  get window(): Window {
    const { columns, rows } = this.#stream
    return { columns: Math.max(1, (columns || 80) - 1), rows: Math.max(1, (rows || 24) - 1) }
  }

  show(lines: readonly Line[]): void {
    this.#makeRoom(lines.length)
    this.#widths = lines.map(({ text }) => widthOf(text))
    this.#columns = this.#stream.columns || 80
    this.#update(lines.map(line => this.#paint(line)).join('\n'))
  }

  /** What is shown remains. */
  leave(): void {
    this.#update.done()
    this.#widths = []
  }

  /**
   * Erases what a redraw would leave behind. It counts lines, and compares them: so one that is moved is not seen. And in
   * a window that has become narrower, a terminal breaks the lines that are there.
   */
  #makeRoom(lines: number): void {
    const columns = this.#stream.columns || 80
    const broken = columns < this.#columns ? this.#widths.map(width => Math.ceil(width / columns) - 1) : []
    const more = broken.reduce((sum, each) => sum + Math.max(0, each), 0)
    if (more > 0 || lines !== this.#widths.length) this.#update.clear()
    if (more > 0) this.#stream.write(`\x1b[${more}A\x1b[J`)
  }

  #paint({ text, style }: Line): string {
    if (!this.#hasColors || text === '' || style === 'reset') return text
    // The stream has been asked; on newer Node, standard output would be.
    return styleText(style, text, { validateStream: false })
  }
}
