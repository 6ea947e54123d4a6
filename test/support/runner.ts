// Runs each test file in a process of its own, with a time limit, and believes a file only if it says how many
// tests it ran and that all of them passed: uvu exits with 0 when a hook throws or `.run()` was forgotten.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, sep } from 'node:path'
import { SKIP_MARK, type Skip } from './runtime.js'

export interface Outcome {
  readonly file: string
  readonly passed: number
  readonly total: number
  readonly skips: readonly Skip[]
  readonly seconds: number
  readonly problem: string | undefined
  readonly output: string
}

/** An executable file, and what stands before a script's name. */
export type Command = readonly [path: string, ...args: string[]]

// A thread that writes down what it reached, for coverage, ends much more slowly.
const LIMIT_SECONDS = process.env.NODE_V8_COVERAGE ? 600 : 180

// Deno takes it for a wish, whatever its value.
const { FORCE_COLOR: _, ...environment } = process.env

const BUILD = join(import.meta.dirname, '../..')
const FOLDERS = ['test', 'bench', 'examples']
/** Run by `npm run test:browser` instead. */
const BROWSER_TESTS = /^test\/browser\/(?!runner\.)/

/**
 * The test files whose path contains one of these parts; all of them if none is given. Paths start at the repository's
 * root: `test/unit/table.test.js`.
 */
export const testFiles = (parts: readonly string[]): string[] =>
  FOLDERS.flatMap(folder =>
    readdirSync(join(BUILD, folder), { recursive: true, encoding: 'utf8' }).map(file =>
      join(folder, file).replaceAll(sep, '/'),
    ),
  )
    .filter(file => file.endsWith('.test.js') && !BROWSER_TESTS.test(file))
    .filter(file => parts.length === 0 || parts.some(part => file.includes(part)))
    .sort()

/** Runs test files, some at once; tells of each as it ends. */
export async function runFiles(
  [path, ...args]: Command,
  files: readonly string[],
  tell: (outcome: Outcome) => void,
  variables: NodeJS.ProcessEnv = {},
): Promise<Outcome[]> {
  const waiting = [...files]
  const outcomes: Outcome[] = []
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const outcome = await runFile([path, ...args, join(BUILD, file)], file, variables)
      outcomes.push(outcome)
      tell(outcome)
    }
  }
  await Promise.all(Array.from({ length: Math.min(4, Math.max(2, availableParallelism())) }, work))
  return outcomes
}

function runFile([path, ...args]: Command, file: string, variables: NodeJS.ProcessEnv): Promise<Outcome> {
  const started = performance.now()
  const child = spawn(path, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment, ...variables, NO_COLOR: '1' },
    timeout: LIMIT_SECONDS * 1000,
    killSignal: 'SIGKILL',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return new Promise(resolve => {
    child.once('exit', (code, signal) => {
      const end = () => {
        const seconds = (performance.now() - started) / 1000
        resolve({ file, seconds, output, ...judge(output, problemOf(code, signal)) })
      }
      child.once('close', end)
      // Whatever it has started may live on, and hold its pipes.
      setTimeout(end, 2000).unref()
    })
  })
}

function problemOf(code: number | null, signal: string | null): string | undefined {
  if (signal !== null) return `ended by ${signal} (limit: ${LIMIT_SECONDS} s)`
  return code === 0 ? undefined : `exit code ${code}`
}

/** By what a file said, and by what was wrong with its end. */
export function judge(
  output: string,
  ending: string | undefined,
): Pick<Outcome, 'total' | 'passed' | 'skips' | 'problem'> {
  const count = (label: string) => Number(output.match(new RegExp(`^\\s*${label}:\\s+(\\d+)`, 'm'))?.[1] ?? 0)
  const [total, passed, skipped] = [count('Total'), count('Passed'), count('Skipped')]
  const skips = output
    .split('\n')
    .filter(line => line.startsWith(SKIP_MARK))
    .map(line => JSON.parse(line.slice(SKIP_MARK.length)) as Skip)
  const problem = (): string | undefined => {
    if (ending !== undefined) return ending
    if (total + skipped === 0) return 'ran no test: is .run() missing?'
    if (passed !== total) return `${total - passed} of ${total} did not pass`
    if (skipped !== skips.length) return `${skipped} were skipped, ${skips.length} of them with a reason`
    return undefined
  }
  return { total, passed, skips, problem: problem() }
}

export const passedIn = (outcomes: readonly Outcome[]): number =>
  outcomes.reduce((sum, { passed }) => sum + passed, 0)

/** A file that failed without a failing test counts as one. */
export const failedIn = (outcomes: readonly Outcome[]): number =>
  outcomes.reduce(
    (sum, { problem, passed, total }) => sum + (problem === undefined ? 0 : Math.max(1, total - passed)),
    0,
  )

/** A line for each file; of one that failed, all that it said. */
export function describe({ file, passed, total, skips, seconds, problem, output }: Outcome): string {
  const verdict = problem === undefined ? 'ok  ' : 'FAIL'
  const counts = `${passed}/${total}`.padStart(7)
  const skipped = skips.length === 0 ? '' : `, ${skips.length} skipped`
  const line = `${verdict} ${counts}  ${seconds.toFixed(1).padStart(5)} s  ${file}${skipped}`
  return problem === undefined ? line : `${line}\n${problem}\n${output}`
}
