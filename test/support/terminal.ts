// Terminals as their users see them: a stream of this process, or a real one in which a command runs.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { Writable } from 'node:stream'
import xterm from '@xterm/headless'

/** What is written to it becomes a screen. */
export class Terminal extends Writable {
  readonly isTTY = true
  columns: number
  rows: number
  /** All that was written. */
  written = ''
  readonly #screen: InstanceType<typeof xterm.Terminal>

  constructor(columns = 80, rows = 24) {
    super({ decodeStrings: false })
    this.columns = columns
    this.rows = rows
    // As a terminal's driver does it, '\n' starts a line at its first column.
    this.#screen = new xterm.Terminal({ cols: columns, rows, convertEol: true, allowProposedApi: true })
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.written += chunk
    this.#screen.write(chunk, done)
  }

  /** What its window shows now, and what was scrolled out of it, without blank lines at the end. */
  async lines(): Promise<string[]> {
    await new Promise<void>(resolve => this.#screen.write('', resolve))
    const { active } = this.#screen.buffer
    const lines = Array.from({ length: active.length }, (_, y) => active.getLine(y)?.translateToString(true))
    return lines.slice(0, 1 + lines.findLastIndex(line => line !== '')).map(line => line ?? '')
  }

  /** As if its user changed its window. Lines that become too long are broken. */
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

/** Why no command can be run in a real terminal here; undefined if one can. */
export const NO_TERMINAL: string | undefined = spawnSync('script', ['--version']).stdout?.includes(
  'util-linux',
)
  ? undefined
  : 'it takes the command `script` of util-linux'

/** What programs ask, besides TERM, when they decide on colours: where tests run must not decide it here. */
const ASKED_FOR_COLOURS = [
  'CI',
  'COLORTERM',
  'FORCE_COLOR',
  'NO_COLOR',
  'NODE_DISABLE_COLORS',
  'TEAMCITY_VERSION',
  'TERM_PROGRAM',
  'TMUX',
]

/** A shell command that runs in a terminal of its own. */
export class TerminalRun {
  readonly terminal: Terminal
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>

  constructor(command: string, env: NodeJS.ProcessEnv, columns = 80, rows = 24) {
    this.terminal = new Terminal(columns, rows)
    const inherited = { ...process.env }
    for (const name of ASKED_FOR_COLOURS) delete inherited[name]
    const whole = `stty cols ${columns} rows ${rows}; ${command}`
    this.#child = spawn('script', ['-qfc', whole, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...inherited, TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
    })
    this.#child.stdout?.pipe(this.terminal)
    this.#ended = once(this.#child, 'exit')
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys)
  }

  /** Waits until all that was written has such a part, and returns it. */
  async until(part: RegExp): Promise<RegExpMatchArray> {
    const timeout = AbortSignal.timeout(20_000)
    for (;;) {
      const found = this.terminal.written.match(part)
      if (found) return found
      if (timeout.aborted) throw new Error(`no ${part} in:\n${this.terminal.written}`)
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  }

  /** Waits for its end, and returns what the window shows. */
  async end(): Promise<string[]> {
    await this.#ended
    return this.terminal.lines()
  }
}
