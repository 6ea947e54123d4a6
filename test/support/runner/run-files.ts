// Runs each test file in a process of its own, with a time limit.
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { run } from '../../../tools/child-process.js'
import { judge, type Outcome } from './outcome.js'
import { BUILD } from './test-files.js'

/** The path of a runtime's binary, and its arguments before the script's name. */
export type Command = readonly [path: string, ...args: string[]]

// A file that hangs prints nothing more. A slow machine alone must not fail it, so this limit is the one that counts.
const SILENCE_LIMIT_SECONDS = 300
/** Threads end much more slowly while coverage is measured: each of them writes a file at its end. */
const MEASURED_SILENCE_LIMIT_SECONDS = 900
/** For files that hang and go on printing. */
const LIMIT_SECONDS = 1800

// Deno turns colours on if FORCE_COLOR is set at all, whatever its value.
const { FORCE_COLOR: _, ...environment } = process.env

interface RunOptions {
  /** What a file's environment has besides this process's own. */
  readonly variablesOf?: (file: string) => NodeJS.ProcessEnv
  /** How long a file may print nothing. */
  readonly silenceLimitSeconds?: number
}

/** Runs test files, several at once, and calls `onOutcome` as each of them ends. */
export async function runFiles(
  [path, ...args]: Command,
  files: readonly string[],
  onOutcome: (outcome: Outcome) => void,
  { variablesOf = () => ({}), silenceLimitSeconds = SILENCE_LIMIT_SECONDS }: RunOptions = {},
): Promise<Outcome[]> {
  const waiting = [...files]
  const outcomes: Outcome[] = []
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const command: Command = [path, ...args, join(BUILD, file)]
      const outcome = await runFile(command, file, variablesOf(file), silenceLimitSeconds)
      outcomes.push(outcome)
      onOutcome(outcome)
    }
  }
  await Promise.all(Array.from({ length: Math.min(4, Math.max(2, availableParallelism())) }, work))
  return outcomes
}

async function runFile(
  [path, ...args]: Command,
  file: string,
  variables: NodeJS.ProcessEnv,
  silenceLimitSeconds: number,
): Promise<Outcome> {
  const started = performance.now()
  const { output, problem } = await run(path, args, {
    env: { ...environment, ...variables, NO_COLOR: '1' },
    timeLimitMs: 1000 * LIMIT_SECONDS,
    silenceLimitMs:
      1000 * (variables.NODE_V8_COVERAGE ? MEASURED_SILENCE_LIMIT_SECONDS : silenceLimitSeconds),
  })
  return { file, seconds: (performance.now() - started) / 1000, output, ...judge(output, problem) }
}
