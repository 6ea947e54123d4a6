// `npm run test:matrix`: runs the tests on every supported runtime, and prints a table of the results.
import { parseCommandLine, readCommandLine } from '../tools/command-line.js'
import { describe, failedIn, type Outcome, passedIn } from './support/runner/outcome.js'
import { runFiles } from './support/runner/run-files.js'
import { install, RUNTIMES, type Runtime } from './support/runner/runtimes.js'
import { testFiles } from './support/runner/test-files.js'

const NAMES = RUNTIMES.map(({ name }) => name)
const USAGE = `usage: npm run test:matrix -- [--only runtime] [--whole] [--after-test] [part of a test file's name] [--help]

Runs the tests on ${NAMES.join(', ')}. Missing runtimes are installed from npm.
arm64 is Node for AArch64 in an emulator, which is installed if it is missing, as root on Debian.

  --only runtime   run on this runtime only; may be repeated
  --whole          include the longest tests, and run all tests at full length, as npm test does
  --after-test     leave out the Node version that runs this command, because npm test has run on it`

/**
 * Files that test this project and its tools rather than a runtime. They run here only if they are asked for
 * by name.
 */
const ABOUT_THE_PROJECT = [
  'bench/bench',
  'bench/measuring',
  'bench/report',
  'examples/live/live',
  'test/integration/consumers-bundlers',
  'test/integration/consumers-typescript',
  'test/integration/package',
  'test/memory-model/classics',
  'test/memory-model/compilation',
  'test/memory-model/shapes',
  'test/memory-model/written',
  'test/pool-suites/checkout',
  'test/pool-suites/compare-pool',
  'test/pool-suites/readings',
  'test/pool-suites/test-results',
  'test/protocol/mutations',
  'test/unit/api-docs',
  'test/unit/child-process',
  'test/unit/docs-paths',
  'test/unit/types',
]
/**
 * Files about other libraries' pools. These are written for Node, so the oldest (npm test) and the newest
 * version will do.
 */
const ABOUT_POOLS = 'test/integration/pools-'
const NEWEST = 'node26'
/**
 * Files that take long, by the runtimes on which they run besides the oldest version of Node (npm test). The versions between the
 * oldest and the newest run what depends on the version; .github/workflows/ci.yml has npm test run on each of them.
 */
const LONG: readonly { readonly on: readonly string[]; readonly files: readonly string[] }[] = [
  {
    on: [NEWEST],
    files: [
      'examples/pool/main',
      'examples/pool/pool',
      'test/integration/consumers-prometheus',
      'test/integration/monitor-auto',
    ],
  },
  {
    on: [NEWEST, 'bun'],
    files: ['test/hostile/hostile', 'test/integration/command', 'test/protocol/sweeps'],
  },
  {
    on: [NEWEST, 'bun', 'deno'],
    files: [
      'test/chaos/chaos',
      'test/chaos/unseen-deaths',
      'test/integration/cancel',
      'test/integration/consumers',
      'test/integration/monitor-faults',
      'test/integration/monitor-health',
      'test/integration/requests',
      'test/integration/snippets',
      'test/unit/command',
      'test/unit/histogram',
      'test/unit/monitor-events',
      'test/unit/monitor-on-stuck',
      'test/unit/opentelemetry',
      'test/unit/prometheus',
      'test/unit/top',
      'test/unit/top-table',
    ],
  },
]
/**
 * Files that take longest. The schedules of the protocol's tests run in a single thread, whose engine makes no difference; `chaos`
 * also starts and ends many threads.
 */
const LONGEST = [
  'test/integration/thousand-workers',
  'test/protocol/cancel',
  'test/protocol/crashes',
  'test/protocol/handovers',
  'test/protocol/operations',
  'test/protocol/pairs',
]
/** Files about the instructions of AArch64. On other processors they skip everything. */
const ABOUT_AARCH64 = 'test/aarch64/'
/**
 * What else the emulator runs, in which a process takes 2 seconds to start and a worker half a second: what depends on the
 * instruction set or on the layout of memory, and two files whose workers read, count and die at the same time.
 */
const ON_AARCH64 = [
  'test/integration/reading-across-threads',
  'test/integration/wasm',
  'test/protocol/stepping',
  'test/protocol/sums',
  'test/unit/counts',
  'test/unit/layout',
  'test/unit/liveness',
  'test/unit/memory',
  'test/unit/readings',
  'test/unit/row',
  'test/unit/table',
  'test/unit/texts',
  'test/unit/values',
  'test/unit/values-of',
]
/** Files that the emulator can't run: they use esbuild, which is installed for this machine's processor. */
const NOT_EMULATED = ['test/integration/copies', 'test/integration/module-resets']
/** The value of TEST_EFFORT, unless all tests are to run at full length. */
const EFFORT = 0.1

interface Request {
  readonly runtimes: readonly Runtime[]
  /** The runtime that npm test has already run on. */
  readonly tested: Runtime | undefined
  readonly files: readonly string[]
  /** Files that only npm test runs. */
  readonly leftOut: readonly string[]
  readonly isFullLength: boolean
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
  const isFullLength = values.whole ?? positionals.length > 0
  const leftOut = positionals.length > 0 ? [] : [...ABOUT_THE_PROJECT, ...(isFullLength ? [] : LONGEST)]
  const thisOne = RUNTIMES.find(({ name }) => name === `node${process.versions.node.split('.')[0]}`)
  const tested = values['after-test'] ? thisOne : undefined
  return {
    runtimes: RUNTIMES.filter(runtime => only.includes(runtime.name) && runtime !== tested),
    tested,
    files: named.filter(file => !leftOut.includes(nameOf(file))),
    leftOut,
    isFullLength,
  }
}

async function runMatrix({ runtimes, tested, files, leftOut, isFullLength }: Request): Promise<void> {
  const rows: Row[] = []
  const isWanted = (file: string, { name, isEmulated = false }: Runtime) => {
    if (leftOut.length === 0) return true
    if (file.startsWith(ABOUT_AARCH64)) return isEmulated
    if (file.startsWith(ABOUT_POOLS)) return name === NEWEST
    if (isEmulated && NOT_EMULATED.includes(nameOf(file))) return false
    if (isFullLength) return true
    if (isEmulated) return ON_AARCH64.includes(nameOf(file))
    return LONG.find(({ files }) => files.includes(nameOf(file)))?.on.includes(name) ?? true
  }
  for (const { runtime, ready } of installInTurn(runtimes)) {
    const installed = await ready
    const started = performance.now()
    const row = (title: string, outcomes: readonly Outcome[], failed: number): Row => {
      const seconds = (performance.now() - started) / 1000
      return { title, passed: passedIn(outcomes), failed, seconds, outcomes }
    }
    if (installed instanceof Error) {
      console.log(`== ${runtime.spec}: ${installed.message}`)
      rows.push(row(runtime.spec, [], 1))
    } else {
      const { title, command } = installed
      console.log(`== ${title}`)
      const variables = { TEST_EFFORT: `${isFullLength ? 1 : EFFORT}` }
      const wanted = files.filter(file => isWanted(file, runtime))
      const outcomes = await runFiles(command, wanted, outcome => console.log(describe(outcome)), {
        variablesOf: () => variables,
      })
      rows.push(row(title, outcomes, failedIn(outcomes)))
    }
  }
  console.log(`\n${tableOf(rows)}\n\n${skipsOf(rows).join('\n')}`)
  if (tested) console.log(`not run on Node ${process.versions.node}, because npm test has run on it`)
  if (leftOut.length > 0) {
    console.log(`run by npm test only: ${leftOut.join(', ')}`)
    console.log(`run by npm test and on ${NEWEST} only: ${ABOUT_POOLS}*`)
  }
  const hasEmulated = leftOut.length > 0 && runtimes.some(({ isEmulated }) => isEmulated)
  if (hasEmulated && isFullLength)
    console.log(`not run on AArch64, because esbuild is for this processor: ${NOT_EMULATED.join(', ')}`)
  if (!isFullLength) {
    if (hasEmulated)
      console.log(
        `run on AArch64 only: ${ABOUT_AARCH64}*; besides these, AArch64 runs ${ON_AARCH64.join(', ')}`,
      )
    for (const { on, files } of leftOut.length > 0 ? LONG : [])
      console.log(`run by npm test and on ${on.join(', ')} only: ${files.join(', ')}`)
    console.log(`hostile and model ran at ${100 * EFFORT} % of their length; npm test and --whole run all`)
  }
  const sum = (of: 'passed' | 'failed') => rows.reduce((total, row) => total + row[of], 0)
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
  process.exitCode = sum('failed') === 0 && sum('passed') > 0 ? 0 : 1
}

/** Installs one runtime after the other; later ones are installed while tests run on earlier ones. */
function installInTurn(runtimes: readonly Runtime[]) {
  let before: Promise<unknown> = Promise.resolve()
  return runtimes.map(runtime => {
    const ready = before.then(() => install(runtime)).catch((error: Error) => error)
    before = ready
    return { runtime, ready }
  })
}

function tableOf(rows: readonly Row[]): string {
  const skipped = (row: Row) => row.outcomes.reduce((sum, { skips }) => sum + skips.length, 0)
  const cells = rows.map(row => [row.title, row.passed, row.failed, skipped(row), row.seconds.toFixed(0)])
  const width = Math.max(...rows.map(({ title }) => title.length))
  return [['runtime', 'passed', 'failed', 'skipped', 'seconds'], ...cells]
    .map(([title, ...numbers]) => `${title}`.padEnd(width) + numbers.map(n => `${n}`.padStart(9)).join(''))
    .join('\n')
}

/** The skipped tests of each runtime, grouped by reason. */
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
