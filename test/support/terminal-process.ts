// Runs commands in a real terminal.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { Terminal } from './terminal.js'

/** Why commands can't be run in a terminal on this machine; undefined if they can. */
export const NO_TERMINAL: string | undefined = spawnSync('script', ['--version']).stdout?.includes(
  'util-linux',
)
  ? undefined
  : 'it needs the command `script` of util-linux'

/**
 * Variables, besides TERM, by which programs decide about colours. They are removed, so that it doesn't
 * matter where tests run.
 */
const COLOUR_VARIABLES = [
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
export class TerminalProcess {
  readonly terminal: Terminal
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>

  constructor(command: string, env: NodeJS.ProcessEnv, columns = 80, rows = 24) {
    this.terminal = new Terminal(columns, rows)
    const inherited = { ...process.env }
    for (const name of COLOUR_VARIABLES) delete inherited[name]
    const whole = `stty cols ${columns} rows ${rows}; ${command}`
    this.#child = spawn('script', ['-qfc', whole, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...inherited, TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
    })
    this.#child.stdout?.pipe(this.terminal)
    // Unlike 'exit', this comes after all output.
    this.#ended = once(this.#child, 'close')
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys)
  }

  /** Closes the window. */
  close(): void {
    this.#child.kill('SIGKILL')
  }

  /** Waits until the output matches a pattern, and returns the match. */
  async until(part: RegExp): Promise<RegExpMatchArray> {
    const timeout = AbortSignal.timeout(60_000)
    for (;;) {
      const found = this.terminal.written.match(part)
      if (found) return found
      if (timeout.aborted) throw new Error(`no ${part} within 60 s in:\n${this.terminal.written}`)
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  }

  /** Waits until the command has ended, and returns the terminal's lines. */
  async end(): Promise<string[]> {
    await this.#ended
    return this.terminal.lines()
  }
}
