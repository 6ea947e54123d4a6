// A terminal as its user sees it: a stream whose output is drawn on a screen.
import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import xterm from '@xterm/headless'

/** A stream that draws what is written to it on a screen. */
export class Terminal extends Writable {
  readonly isTTY = true
  columns: number
  rows: number
  /** Everything that was written. */
  written = ''
  readonly #screen: InstanceType<typeof xterm.Terminal>

  constructor(columns = 80, rows = 24) {
    super({ decodeStrings: false })
    this.columns = columns
    this.rows = rows
    // Like a terminal's driver, convertEol lets '\n' start a line at its first column.
    this.#screen = new xterm.Terminal({ cols: columns, rows, convertEol: true, allowProposedApi: true })
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.written += chunk
    this.#screen.write(chunk, done)
  }

  /**
   * The lines that were scrolled out of the window and those that it shows now, without blank lines at the
   * end.
   */
  async lines(): Promise<string[]> {
    if (this.writableEnded) {
      await finished(this)
      return this.#linesOnScreen()
    }
    // The screen pauses whenever it has worked for 12 ms, and other chunks wait in this stream until it goes
    // on.
    // So this waits for the stream, and reads in the callback: what is written next must not be seen in part.
    return new Promise(resolve => this.write('', () => resolve(this.#linesOnScreen())))
  }

  #linesOnScreen(): string[] {
    const { active } = this.#screen.buffer
    const lines = Array.from({ length: active.length }, (_, y) => active.getLine(y)?.translateToString(true))
    return lines.slice(0, 1 + lines.findLastIndex(line => line !== '')).map(line => line ?? '')
  }

  /** Resizes the window as a user would. Lines that have become too long are broken. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.lines()
    this.#screen.resize(columns, rows)
    this.columns = columns
    this.rows = rows
    this.emit('resize')
  }

  get isCursorHidden(): boolean {
    return this.written.lastIndexOf('\x1b[?25l') > this.written.lastIndexOf('\x1b[?25h')
  }
}
