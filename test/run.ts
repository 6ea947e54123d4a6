// Runs each test file in a process of its own, with a time limit, and believes a file only if it says how many
// tests it ran and that all of them passed: uvu exits with 0 when a hook throws or `.run()` was forgotten.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

interface Outcome {
  readonly file: string
  readonly passed: number
  readonly total: number
  readonly seconds: number
  readonly problem: string | undefined
}

const LIMIT_SECONDS = 180

function runFile(file: string): Promise<Outcome & { readonly output: string }> {
  const started = performance.now()
  const child = spawn(process.execPath, [join(import.meta.dirname, file)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: '0' },
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
    child.on('close', (code, signal) => {
      const count = (label: string) =>
        Number(output.match(new RegExp(`^\\s*${label}:\\s+(\\d+)`, 'm'))?.[1] ?? 0)
      const total = count('Total')
      const passed = count('Passed')
      const problem =
        signal !== null
          ? `ended by ${signal} (limit: ${LIMIT_SECONDS} s)`
          : code !== 0
            ? `exit code ${code}`
            : total === 0
              ? 'ran no test: is .run() missing?'
              : passed !== total
                ? `${total - passed} of ${total} did not pass`
                : undefined
      resolve({ file, passed, total, seconds: (performance.now() - started) / 1000, problem, output })
    })
  })
}

const wanted = process.argv.slice(2)
const files = readdirSync(import.meta.dirname)
  .filter(
    file => file.endsWith('.test.js') && (wanted.length === 0 || wanted.some(part => file.includes(part))),
  )
  .sort()
const waiting = [...files]
const outcomes: Outcome[] = []

async function work(): Promise<void> {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const { output, ...outcome } = await runFile(file)
    outcomes.push(outcome)
    const verdict = outcome.problem === undefined ? 'ok  ' : 'FAIL'
    const counts = `${outcome.passed}/${outcome.total}`.padStart(7)
    console.log(`${verdict} ${counts}  ${outcome.seconds.toFixed(1).padStart(5)} s  ${file}`)
    if (outcome.problem !== undefined) console.log(`${outcome.problem}\n${output}`)
  }
}

await Promise.all(Array.from({ length: Math.min(4, Math.max(2, availableParallelism())) }, work))

const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
// A file that failed without a failing test counts as one.
const failed = outcomes.reduce(
  (sum, { problem, passed, total }) => sum + (problem === undefined ? 0 : Math.max(1, total - passed)),
  0,
)
if (files.length === 0) console.log(`no test file matches ${wanted.join(', ')}`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
