// Runs the tests in three browser engines. Run by `npm run test:browser`.

import { ENGINES, type EngineName } from '../../tools/browsers/engines.js'
import { parseCommandLine, readCommandLine } from '../../tools/command-line.js'
import { type Row, rowsIn, tableOf } from '../support/report.js'
import { describe, failedIn, type Outcome, passedIn, runFiles } from '../support/runner.js'
import { MAX_RETRIED, runPages } from './support/pages.js'
import { serveTests, testFiles } from './support/site.js'

const USAGE = `usage: npm run test:browser -- [engine …] [--only part of a test file's name] [--help]

Runs the tests in ${ENGINES.join(', ')}, or in those named. As root on Debian, it installs what is missing.`

/** Of this runner itself, in one of the engines. */
const OWN_FILE = 'test/browser/runner.test.js'
/** Programs that open the engine that the variable ENGINE names: bench/web's page, the README's, one that is left. */
const PROGRAMS = {
  page: 'test/browser/example.test.js',
  readme: 'test/browser/support/readme.js',
  back: 'test/browser/back-button.test.js',
}

/** What is run of model and hostile, in each. */
const DEPTH = 0.1

interface Request {
  readonly engines: readonly EngineName[]
  readonly files: readonly string[]
  readonly programs: readonly string[]
}

interface Run {
  readonly title: string
  readonly passed: number
  readonly failed: number
  /** Pages that were loaded more than once, since nothing was heard of them. */
  readonly retried: number
  readonly seconds: number
  readonly outcomes: readonly Outcome[]
}

function parseRequest(args: readonly string[]): Request | undefined {
  const options = { only: { type: 'string', multiple: true }, help: { type: 'boolean' } } as const
  const { values, positionals } = parseCommandLine(args, options, ENGINES.length, 'engines')
  if (values.help) return undefined
  const unknown = positionals.find(name => !ENGINES.includes(name as EngineName))
  if (unknown !== undefined) throw new Error(`an engine is one of ${ENGINES.join(', ')}, got '${unknown}'`)
  const parts = values.only ?? ['']
  const isMeant = (name: string) => parts.some(part => name.includes(part))
  const files = testFiles().filter(file => isMeant(nameOf(file)))
  const programs = Object.keys(PROGRAMS).filter(isMeant)
  if (files.length + programs.length === 0) throw new Error(`no test file matches ${parts.join(', ')}`)
  const engines = ENGINES.filter(name => positionals.length === 0 || positionals.includes(name))
  return { engines, files, programs }
}

function nameOf(file: string): string {
  return file.replace(/.*\//, '').replace('.test.js', '')
}

async function runAll({ engines, files, programs }: Request): Promise<void> {
  const site = await serveTests(files)
  const pages = files.map(file => ({ file: nameOf(file), url: `${site.urlOf(file)}?DEPTH=${DEPTH}` }))
  const isWhole = engines.length === ENGINES.length && files.length === testFiles().length
  const runs = await Promise.all([
    ...(pages.length > 0 ? engines.map(engine => runIn(engine, pages)) : []),
    ...(isWhole ? [runFile(OWN_FILE, 'this runner')] : []),
  ])
  // Their workers take all processors: one after the other.
  for (const [name, file] of Object.entries(PROGRAMS).filter(([name]) => programs.includes(name))) {
    for (const engine of engines) runs.push(await runFile(file, `${name}, ${engine}`, { ENGINE: engine }))
  }
  await site.close()

  console.log(`\n${summaryOf(runs)}\n\n${skipsOf(runs).join('\n')}`)
  for (const table of reportsOf(runs)) console.log(`${table}\n`)
  console.log(`of hostile and model: ${100 * DEPTH} % of their time; all of it: npm test`)
  const sum = (of: 'passed' | 'failed') => runs.reduce((total, run) => total + run[of], 0)
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
  process.exitCode = sum('failed') === 0 && sum('passed') > 0 ? 0 : 1
}

async function runIn(engine: EngineName, pages: Parameters<typeof runPages>[1]): Promise<Run> {
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

/** A file that opens browsers by itself. As a page, it is run again in WebKit if nothing is heard of it. */
async function runFile(file: string, title: string, variables: NodeJS.ProcessEnv = {}): Promise<Run> {
  const tell = (outcome: Outcome) => console.log(describe({ ...outcome, file: `${title}: ${file}` }))
  const started = performance.now()
  const run = () => runFiles([process.execPath], [file], () => {}, variables)
  let outcomes = await run()
  const isSilent = variables.ENGINE === 'webkit' && outcomes.every(({ total }) => total === 0)
  if (isSilent) {
    console.log(`webkit: nothing is heard of ${title} (${outcomes[0]?.problem}); once more`)
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
  return [['engine', 'passed', 'failed', 'skipped', 'again', 'seconds'], ...cells]
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

/** What tests have reported, a table for each kind of rows. An engine's rows stand beside the others'. */
function reportsOf(runs: readonly Run[]): string[] {
  const kinds = new Map<string, Row[]>()
  for (const { outcomes } of runs) {
    for (const row of outcomes.flatMap(({ output }) => rowsIn(output))) {
      const heads = Object.keys(row.cells).join()
      kinds.set(heads, [...(kinds.get(heads) ?? []), row])
    }
  }
  return [...kinds.values()].map(rows => tableOf(rows) ?? '')
}

const request = readCommandLine(parseRequest, USAGE, USAGE)
if (request) await runAll(request)
