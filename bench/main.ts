/*
 * The benchmarks (`npm run bench`): measures, or loads what was saved; then prints it, compares it with the
 * limits and saves it, as the command line asks.
 */
import { readCommandLine } from '../tools/command-line.js'
import { HELP, parseRequest, type Request, USAGE } from './arguments.js'
import { loadGroup } from './groups/index.js'
import type { Results, Run } from './harness/results.js'
import { measure, WHOLE_SCENARIO } from './harness/runner.js'
import { runOf, selectPlaces } from './report/figures.js'
import { limitsTable } from './report/limits-table.js'
import { progressLine } from './report/progress-line.js'
import { runtimeTitle } from './report/runtime-title.js'
import { loadBrowserResults, loadResults, saveResults } from './report/saved-results.js'
import { tablesOf } from './report/tables.js'

const request = readCommandLine(parseRequest, HELP, USAGE)
if (request) await bench(request)

async function bench(request: Request): Promise<void> {
  const results = request.saved
    ? [...loadResults(), ...loadBrowserResults()]
    : await measureWithProgress(request)
  const requested = selectPlaces(results, ({ group }) => request.groups.some(name => name === group))
  if (request.json) console.log(JSON.stringify(requested, null, 1))
  else await print(request, requested)
  const failures = results
    .flatMap(({ omissions }) => omissions)
    .filter(({ contender }) => contender === WHOLE_SCENARIO)
  if (failures.length > 0) {
    process.exitCode = 1
    if (request.save) console.error(`nothing was saved, because ${failures.length} scenarios failed`)
  } else if (request.save) {
    for (const path of await saveResults(results, request.isPartial)) console.error(`wrote ${path}`)
  }
}

async function measureWithProgress(request: Request): Promise<Results[]> {
  const progress = progressLine(process.stderr)
  try {
    return await measure(request, progress.show)
  } finally {
    progress.clear()
  }
}

async function print({ groups, check }: Request, results: readonly Results[]): Promise<void> {
  for (const one of results) {
    for (const line of new Set(groups.map(group => runLine(runOf(one, group))))) console.log(line)
  }
  for (const name of groups) {
    const { question, baseline } = await loadGroup(name)
    console.log(`\n== ${name}: ${question}`)
    for (const table of tablesOf(name, results, baseline)) console.log(`\n${table}`)
    for (const line of omissionLines(name, results)) console.log(line)
  }
  // There are no limits for the group `browsers`.
  const limited = selectPlaces(results, ({ group }) => group !== 'browsers')
  if (check) console.log(`\n${limitsTable(limited)}`)
}

function runLine({ runtime, machine, date, threadslots, rounds }: Run): string {
  return (
    `threadslots ${threadslots} on ${runtimeTitle(runtime)} (${runtime.version}), ${machine.processors} × ${machine.processor}, ` +
    `${machine.system}, ${date.slice(0, 10)}, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`
  )
}

/** A line for each omission. It names the runtimes unless the omission is the same on all of them. */
function omissionLines(group: string, results: readonly Results[]): string[] {
  const runtimesByLine = new Map<string, string[]>()
  for (const { runtime, omissions } of results) {
    for (const { table, column, contender, reason } of omissions.filter(place => place.group === group)) {
      const line = `${table}, ${column}: left out ${contender}: ${reason}`
      runtimesByLine.set(line, [...(runtimesByLine.get(line) ?? []), runtimeTitle(runtime)])
    }
  }
  return [...runtimesByLine].map(([line, runtimes]) =>
    runtimes.length === results.length ? line : `${line} (${runtimes.join(', ')})`,
  )
}
