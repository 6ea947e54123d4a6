// Runs the tests under every runtime, and prints one table. Run by `npm run test:matrix`.
import { parseCommandLine, readCommandLine } from '../tools/command-line.js'
import { describe, failedIn, type Outcome, passedIn, runFiles, testFiles } from './support/runner.js'
import { install, RUNTIMES, type Runtime } from './support/runtimes.js'

const NAMES = RUNTIMES.map(({ name }) => name)
const USAGE = `usage: npm run test:matrix -- [--only runtime] [--whole] [--after-test] [part of a test file's name] [--help]

Runs the tests under ${NAMES.join(', ')}, and installs from npm what is missing.

  --only runtime   one of these; may be repeated
  --whole          with the longest tests, in full length, as npm test has them
  --after-test     without the Node that runs this: npm test has been run on it`

/** Files about this project and its tools, not about a runtime. By name, they can be asked for all the same. */
const ABOUT_THE_PROJECT = [
  'bench/bench',
  'examples/live/live',
  'test/integration/consumers-bundlers',
  'test/integration/consumers-typescript',
  'test/integration/package',
  'test/protocol/mutations',
  'test/unit/types',
]
/** Files about other libraries' pools: a matter of Node, so enough on the oldest (npm test) and the newest one. */
const ABOUT_POOLS = 'test/integration/pools-'
const POOLS_RUN_ON = 'node26'
/** Long, and one thread's arithmetic. What they do at more depth, protocol and protocol-crashes do everywhere. */
const LONG = ['test/protocol/handovers', 'test/protocol/pairs']
/** What is run of crossing, hostile and model. */
const DEPTH = 0.25

interface Request {
  readonly runtimes: readonly Runtime[]
  /** The runtime that npm test has been run on. */
  readonly tested: Runtime | undefined
  readonly files: readonly string[]
  /** What is left to npm test, but for what was asked for by name. */
  readonly leftOut: readonly string[]
  readonly isWhole: boolean
}

interface Row {
  readonly title: string
  readonly passed: number
  readonly failed: number
  readonly seconds: number
  readonly outcomes: readonly Outcome[]
}

const nameOf = (file: string) => file.replace('.test.js', '')

const request = readCommandLine(parseRequest, USAGE, USAGE)
if (request) await runMatrix(request)

function parseRequest(args: readonly string[]): Request | undefined {
  const flag = { type: 'boolean' } as const
  const options = {
    only: { type: 'string', multiple: true },
    whole: flag,
    'after-test': flag,
    help: flag,
  } as const
  const { values, positionals } = parseCommandLine(args, options, 100, 'files')
  if (values.help) return undefined
  const only = values.only ?? NAMES
  for (const name of only) {
    if (!NAMES.includes(name)) throw new Error(`--only takes one of ${NAMES.join(', ')}, got '${name}'`)
  }
  const named = testFiles(positionals)
  if (named.length === 0) throw new Error(`no test file matches ${positionals.join(', ')}`)
  const isWhole = values.whole ?? positionals.length > 0
  const leftOut = positionals.length > 0 ? [] : [...ABOUT_THE_PROJECT, ...(isWhole ? [] : LONG)]
  const thisOne = RUNTIMES.find(({ name }) => name === `node${process.versions.node.split('.')[0]}`)
  const tested = values['after-test'] ? thisOne : undefined
  return {
    runtimes: RUNTIMES.filter(runtime => only.includes(runtime.name) && runtime !== tested),
    tested,
    files: named.filter(file => !leftOut.includes(nameOf(file))),
    leftOut,
    isWhole,
  }
}

async function runMatrix({ runtimes, tested, files, leftOut, isWhole }: Request): Promise<void> {
  const rows: Row[] = []
  const isWanted = (file: string, runtime: string) =>
    leftOut.length === 0 || !file.startsWith(ABOUT_POOLS) || runtime === POOLS_RUN_ON
  for (const { name, spec, ready } of installInTurn(runtimes)) {
    const runtime = await ready
    const started = performance.now()
    const row = (title: string, outcomes: readonly Outcome[], failed: number): Row => {
      const seconds = (performance.now() - started) / 1000
      return { title, passed: passedIn(outcomes), failed, seconds, outcomes }
    }
    if (runtime instanceof Error) {
      console.log(`== ${spec}: ${runtime.message}`)
      rows.push(row(spec, [], 1))
    } else {
      const { title, command } = runtime
      console.log(`== ${title}`)
      const variables = { DEPTH: `${isWhole ? 1 : DEPTH}` }
      const wanted = files.filter(file => isWanted(file, name))
      const outcomes = await runFiles(command, wanted, outcome => console.log(describe(outcome)), variables)
      rows.push(row(title, outcomes, failedIn(outcomes)))
    }
  }
  console.log(`\n${tableOf(rows)}\n\n${skipsOf(rows).join('\n')}`)
  if (tested) console.log(`not run on Node ${process.versions.node}: npm test has been`)
  if (leftOut.length > 0) {
    console.log(`left to npm test: ${leftOut.join(', ')}`)
    console.log(`left to npm test and ${POOLS_RUN_ON}: ${ABOUT_POOLS}*`)
  }
  if (!isWhole)
    console.log(`of crossing, hostile and model: ${100 * DEPTH} %; all of it: npm test, or --whole`)
  const sum = (of: 'passed' | 'failed') => rows.reduce((total, row) => total + row[of], 0)
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
  process.exitCode = sum('failed') === 0 && sum('passed') > 0 ? 0 : 1
}

/** Installs one after the other, the later ones while the tests run under the first. */
function installInTurn(runtimes: readonly Runtime[]) {
  let before: Promise<unknown> = Promise.resolve()
  return runtimes.map(runtime => {
    const ready = before.then(() => install(runtime)).catch((error: Error) => error)
    before = ready
    return { name: runtime.name, spec: runtime.spec, ready }
  })
}

function tableOf(rows: readonly Row[]): string {
  const skipped = (row: Row) => row.outcomes.reduce((sum, { skips }) => sum + skips.length, 0)
  const cells = rows.map(row => [row.title, row.passed, row.failed, skipped(row), row.seconds.toFixed(0)])
  return [['runtime', 'passed', 'failed', 'skipped', 'seconds'], ...cells]
    .map(([title, ...numbers]) => `${title}`.padEnd(14) + numbers.map(n => `${n}`.padStart(9)).join(''))
    .join('\n')
}

/** Each reason once, with the tests that it is given for. */
function skipsOf(rows: readonly Row[]): string[] {
  return rows.flatMap(({ title, outcomes }) => {
    const byReason = new Map<string, string[]>()
    for (const { file, skips } of outcomes) {
      for (const { test, reason } of skips) {
        byReason.set(reason, [...(byReason.get(reason) ?? []), `${nameOf(file)}: ${test}`])
      }
    }
    return [...byReason].flatMap(([reason, tests]) => [
      `${title} skips ${tests.length}: ${reason}`,
      ...tests.map(test => `  ${test}`),
      '',
    ])
  })
}
