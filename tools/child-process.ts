/*
 * Runs a program to completion: what it printed, how it ended, and whether it took too long.
 */
import { spawn, spawnSync } from 'node:child_process'

export interface RunOptions {
  /** Only for `runSync`: what the program reads from its standard input. None by default. */
  readonly input?: string
  /** Only for `run`: the program is killed once it has printed nothing for this time. */
  readonly silenceLimitMs?: number
  /** Working directory; this process's own by default. */
  readonly cwd?: string
  /** All environment variables of the program; this process's own by default. */
  readonly env?: NodeJS.ProcessEnv
  /** The program is killed after this time. */
  readonly timeLimitMs?: number
}

/** How a program ended. Nothing here throws: check `problem`. */
export interface Completion {
  /** Null if the program was killed by a signal, or could not be started. */
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** Both streams, in the order of arrival. `runSync` can't know that order: there, stdout comes first. */
  readonly output: string
  /** One line that says what went wrong: undefined if the program exited with 0. */
  readonly problem: string | undefined
}

const DEFAULT_TIME_LIMIT_MS = 60_000
/** Programs that outlive the one that started them can hold its pipes open; we wait no longer for these. */
const OPEN_PIPES_MS = 2000

/** Runs a program with these arguments, without a shell. */
export function run(path: string, args: readonly string[], options: RunOptions = {}): Promise<Completion> {
  const { timeLimitMs = DEFAULT_TIME_LIMIT_MS, silenceLimitMs, ...spawnOptions } = options
  const texts = { stdout: '', stderr: '', output: '' }
  return new Promise(resolve => {
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], ...spawnOptions })
    let exceededLimit: string | undefined
    const killAfter = (ms: number, limit: string) =>
      setTimeout(() => {
        exceededLimit = limit
        child.kill('SIGKILL')
      }, ms)
    const timer = killAfter(timeLimitMs, timeLimit(timeLimitMs))
    const silence =
      silenceLimitMs === undefined
        ? undefined
        : killAfter(silenceLimitMs, `${silenceLimitMs / 1000} s without output`)
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text
        texts.output += text
        silence?.refresh()
      })
    }
    const complete = (exitCode: number | null, signal: NodeJS.Signals | null, error?: Error) => {
      clearTimeout(timer)
      clearTimeout(silence)
      const problem = problemOf(exitCode, signal, exceededLimit, error)
      resolve({ exitCode, signal, ...texts, problem })
    }
    child.once('error', error => complete(null, null, error))
    child.once('exit', (exitCode, signal) => {
      child.once('close', () => complete(exitCode, signal))
      setTimeout(() => {
        complete(exitCode, signal)
        // Open pipes would keep this process alive.
        child.stdout.destroy()
        child.stderr.destroy()
      }, OPEN_PIPES_MS).unref()
    })
  })
}

/** The same, blocking this thread until the program has ended. */
export function runSync(path: string, args: readonly string[], options: RunOptions = {}): Completion {
  const { timeLimitMs = DEFAULT_TIME_LIMIT_MS, ...spawnOptions } = options
  const { status, signal, stdout, stderr, error } = spawnSync(path, args, {
    stdio: [spawnOptions.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...spawnOptions,
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
    timeout: timeLimitMs,
    killSignal: 'SIGKILL',
  })
  const isTooLate = (error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT'
  return {
    // Deno says undefined if the program could not be started.
    exitCode: status ?? null,
    signal,
    stdout: stdout ?? '',
    stderr: stderr ?? '',
    output: `${stdout ?? ''}${stderr ?? ''}`,
    problem: problemOf(
      status,
      signal,
      isTooLate ? timeLimit(timeLimitMs) : undefined,
      isTooLate ? undefined : error,
    ),
  }
}

const timeLimit = (ms: number): string => `its time limit of ${ms / 1000} s`

function problemOf(
  exitCode: number | null,
  signal: NodeJS.Signals | null,
  exceededLimit: string | undefined,
  error: Error | undefined,
): string | undefined {
  if (exceededLimit !== undefined) return `killed after ${exceededLimit}`
  if (error) return `could not be run: ${error.message}`
  if (signal !== null) return `killed by ${signal}`
  return exitCode === 0 ? undefined : `exit code ${exitCode}`
}
