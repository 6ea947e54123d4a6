// Runs the tests in three browser engines. Run by `npm run test:browser`.
import { availableParallelism } from 'node:os'
import { ENGINES, type EngineName } from '../../tools/browsers/engines.js'
import { parseCommandLine, readCommandLine } from '../../tools/command-line.js'
import { type ReportRow, reportRowsIn } from '../support/report.js'
import { describe, failedIn, type Outcome, passedIn } from '../support/runner/outcome.js'
import { reportTable } from '../support/runner/report-table.js'
import { runFiles } from '../support/runner/run-files.js'
import { MAX_RETRIED, runPages, type TestPage } from './support/run-pages.js'
import { serveTests, testFiles } from './support/site.js'

const USAGE = `usage: npm run test:browser -- [engine …] [--only part of a test file's name] [--whole] [--help]

Runs the tests in ${ENGINES.join(', ')}, or in the engines given. As root on Debian, it installs missing engines.

  --whole   run each test in each engine; otherwise, long ones that would tell the same in each run in Firefox or not at all`

/** The test of this runner. It uses one engine. */
const RUNNER_TEST = 'test/browser/runner.test.js'

/** Tests that run outside of pages and open browsers themselves: the one that the variable ENGINE names. */
const PROGRAMS = ['monitor-page', 'back-button', 'example-page', 'documentation']
const programFile = (name: string) => `test/browser/${name}.test.js`
/** Their workers or bundlers take all processors, so they run one after the other. */
const TAKE_ALL_PROCESSORS = ['example-page', 'documentation']
/** One of them builds and loads more than twenty programs. */
const PROGRAM_LIMIT_SECONDS = 1200

/**
 * Files and programs that take long and depend on the engine alone, not on the browser, or on neither. Node and Bun have the
 * engines of the other two.
 */
const IN_FIREFOX_ONLY = ['histogram', 'documentation']
/** Files that take longest, and depend on neither. */
const LONGEST = ['crashes']

/** The share of the longest tests (hostile and model) that is run in each engine. */
const EFFORT = 0.1

interface Request {
  readonly engines: readonly EngineName[]
  readonly files: readonly string[]
  readonly programs: readonly string[]
  /** Whether each file runs in each engine. */
  readonly isWhole: boolean
}

/** One engine's test files, or one program in one engine. */
interface Run {
  readonly title: string
  readonly passed: number
  readonly failed: number
  /** Pages that were loaded again because they were silent. */
  readonly retried: number
  readonly seconds: number
  readonly outcomes: readonly Outcome[]
}

function parseRequest(args: readonly string[]): Request | undefined {
  const flag = { type: 'boolean' } as const
  const options = { only: { type: 'string', multiple: true }, whole: flag, help: flag } as const
  const { values, positionals } = parseCommandLine(args, options, ENGINES.length, 'engines')
  if (values.help) return undefined
  const unknown = positionals.find(name => !ENGINES.includes(name as EngineName))
  if (unknown !== undefined) throw new Error(`'${unknown}' is not an engine; use ${ENGINES.join(', ')}`)
  const parts = values.only ?? ['']
  const isSelected = (name: string) => parts.some(part => name.includes(part))
  const files = testFiles().filter(file => isSelected(nameOf(file)))
  const programs = PROGRAMS.filter(isSelected)
  if (files.length + programs.length === 0)
    throw new Error(`no test file's name contains ${parts.join(' or ')}`)
  const engines = ENGINES.filter(name => positionals.length === 0 || positionals.includes(name))
  return { engines, files, programs, isWhole: values.whole ?? values.only !== undefined }
}

function nameOf(file: string): string {
  return file.replace(/.*\//, '').replace('.test.js', '')
}

async function runAll({ engines, files, programs, isWhole }: Request): Promise<void> {
  const site = await serveTests(files)
  const pages = files.map(file => ({ file: nameOf(file), url: `${site.urlOf(file)}?TEST_EFFORT=${EFFORT}` }))
  const isWanted = (name: string, engine: EngineName) =>
    isWhole || !(LONGEST.includes(name) || (IN_FIREFOX_ONLY.includes(name) && engine !== 'firefox'))
  const pagesFor = (engine: EngineName) => pages.filter(({ file }) => isWanted(file, engine))
  const jobsOf = (names: readonly string[]) =>
    names.flatMap(name =>
      engines
        .filter(engine => isWanted(name, engine))
        .map(engine => () => runFile(programFile(name), `${name}, ${engine}`, { ENGINE: engine })),
    )
  const takesAll = (name: string) => TAKE_ALL_PROCESSORS.includes(name)
  const isComplete = engines.length === ENGINES.length && files.length === testFiles().length
  // Pages with spinning workers keep a processor busy, so no more engines run at once than there are processors.
  const runs = await runJobs(availableParallelism(), [
    ...(pages.length > 0 ? engines.map(engine => () => runIn(engine, pagesFor(engine))) : []),
    ...(isComplete ? [() => runFile(RUNNER_TEST, 'this runner')] : []),
    ...jobsOf(programs.filter(name => !takesAll(name))),
  ])
  runs.push(...(await runJobs(1, jobsOf(programs.filter(takesAll)))))
  await site.close()

  console.log(`\n${summaryOf(runs)}\n\n${skipsOf(runs).join('\n')}`)
  for (const table of reportsOf(runs)) console.log(`${table}\n`)
  if (!isWhole) {
    console.log(`run in Firefox only: ${IN_FIREFOX_ONLY.join(', ')}; not run: ${LONGEST.join(', ')}`)
  }
  console.log(`hostile and model ran at ${100 * EFFORT} % of their length; npm test runs all of them`)
  const sum = (of: 'passed' | 'failed') => runs.reduce((total, run) => total + run[of], 0)
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
  process.exitCode = sum('failed') === 0 && sum('passed') > 0 ? 0 : 1
}

/** Runs jobs in order, some at once. The results are in the order of the jobs. */
async function runJobs<T>(maxAtOnce: number, jobs: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = []
  const waiting = [...jobs.entries()]
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [i, job] = next
      results[i] = await job()
    }
  }
  await Promise.all(Array.from({ length: maxAtOnce }, work))
  return results
}

async function runIn(engine: EngineName, pages: readonly TestPage[]): Promise<Run> {
  const started = performance.now()
  const secondsPassed = () => (performance.now() - started) / 1000
  const seen: Outcome[] = []
  const tell = (outcome: Outcome) => {
    seen.push(outcome)
    console.log(describe({ ...outcome, file: `${engine}: ${outcome.file}` }))
  }
  try {
    const { version, outcomes, retried } = await runPages(engine, pages, tell)
    const isTooOften = retried > MAX_RETRIED
    if (isTooOften) console.log(`FAIL ${engine}: ${retried} pages were loaded again (limit: ${MAX_RETRIED})`)
    const [passed, failed] = [passedIn(outcomes), failedIn(outcomes) + Number(isTooOften)]
    return { title: version, passed, failed, retried, seconds: secondsPassed(), outcomes }
  } catch (error) {
    console.log(`FAIL ${engine}: ${(error as Error).message}`)
    const [passed, failed] = [passedIn(seen), failedIn(seen) + 1]
    return { title: engine, passed, failed, retried: 0, seconds: secondsPassed(), outcomes: seen }
  }
}

/** Runs a file that opens browsers itself. Like a page, it runs a second time in WebKit if it was silent. */
async function runFile(file: string, title: string, variables: NodeJS.ProcessEnv = {}): Promise<Run> {
  const tell = (outcome: Outcome) => console.log(describe({ ...outcome, file: `${title}: ${file}` }))
  const started = performance.now()
  const run = () =>
    runFiles([process.execPath], [file], () => {}, {
      variablesOf: () => variables,
      silenceLimitSeconds: PROGRAM_LIMIT_SECONDS,
    })
  let outcomes = await run()
  const isSilent = variables.ENGINE === 'webkit' && outcomes.every(({ total }) => total === 0)
  if (isSilent) {
    console.log(`webkit: ${title} is silent (${outcomes[0]?.problem}); trying again`)
    outcomes = await run()
  }
  outcomes.forEach(tell)
  const seconds = (performance.now() - started) / 1000
  const retried = Number(isSilent)
  return { title, passed: passedIn(outcomes), failed: failedIn(outcomes), retried, seconds, outcomes }
}

function summaryOf(runs: readonly Run[]): string {
  const skipped = ({ outcomes }: Run) => outcomes.reduce((sum, { skips }) => sum + skips.length, 0)
  const cells = runs.map(run => [
    run.title,
    run.passed,
    run.failed,
    skipped(run),
    run.retried,
    run.seconds.toFixed(0),
  ])
  return [['engine', 'passed', 'failed', 'skipped', 'retried', 'seconds'], ...cells]
    .map(([title, ...numbers]) => `${title}`.padEnd(26) + numbers.map(n => `${n}`.padStart(9)).join(''))
    .join('\n')
}

function skipsOf(runs: readonly Run[]): string[] {
  return runs.flatMap(({ title, outcomes }) =>
    outcomes.flatMap(({ file, skips }) =>
      skips.map(({ test, reason }) => `${title} skips in ${file}: ${test}: ${reason}`),
    ),
  )
}

/** The rows that tests reported, in one table for each set of columns, so that the engines' rows stand side by side. */
function reportsOf(runs: readonly Run[]): string[] {
  const kinds = new Map<string, ReportRow[]>()
  for (const { outcomes } of runs) {
    for (const row of outcomes.flatMap(({ output }) => reportRowsIn(output))) {
      const heads = Object.keys(row.cells).join()
      kinds.set(heads, [...(kinds.get(heads) ?? []), row])
    }
  }
  return [...kinds.values()].map(rows => reportTable(rows) ?? '')
}

const request = readCommandLine(parseRequest, USAGE, USAGE)
if (request) await runAll(request)
