/*
 * The benchmarks: measures what was asked for, or takes what was saved; shows it, compares it with what is promised, keeps it.
 */

import { readCommandLine } from '../tools/command-line.js'
import { loadGroup } from './groups/index.js'
import { HELP, parseRequest, type Request, USAGE } from './harness/arguments.js'
import { progressOf } from './harness/progress.js'
import { run, WHOLE_SCENARIO } from './harness/runner.js'
import { titleOf } from './harness/runtimes.js'
import { checkTable } from './report/limits.js'
import { only, type Results } from './report/results.js'
import { loadBrowsers, loadResults, saveResults } from './report/saved.js'
import { tablesOf } from './report/tables.js'

const request = readCommandLine(parseRequest, HELP, USAGE)
if (request) await bench(request)

async function bench(request: Request): Promise<void> {
  const results = request.saved ? [...loadResults(), ...loadBrowsers()] : await measure(request)
  const asked = results.flatMap(
    one => only(one, ({ group }) => request.groups.some(name => name === group)) ?? [],
  )
  if (request.json) console.log(JSON.stringify(asked, null, 1))
  else await show(request, asked)
  const failures = results
    .flatMap(({ omissions }) => omissions)
    .filter(({ contender }) => contender === WHOLE_SCENARIO)
  if (failures.length > 0) {
    process.exitCode = 1
    if (request.save) console.error(`nothing is saved: ${failures.length} scenarios failed`)
  } else if (request.save) {
    for (const path of await saveResults(results)) console.error(`wrote ${path}`)
  }
}

async function measure(request: Request): Promise<Results[]> {
  const progress = progressOf(process.stderr)
  try {
    return await run(request, progress.show)
  } finally {
    progress.clear()
  }
}

async function show({ groups, check }: Request, results: readonly Results[]): Promise<void> {
  for (const { runtime, machine, date, threadslots, rounds } of results) {
    console.log(
      `threadslots ${threadslots} on ${titleOf(runtime)} (${runtime.version}), ${machine.processors} × ${machine.processor}, ` +
        `${machine.system}, ${date.slice(0, 10)}, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`,
    )
  }
  for (const name of groups) {
    const { question, baseline } = await loadGroup(name)
    console.log(`\n== ${name}: ${question}`)
    for (const table of tablesOf(name, results, baseline)) console.log(`\n${table}`)
    for (const line of omissionsOf(name, results)) console.log(line)
  }
  // Nothing is promised of browsers, nor of what ran beside them.
  const limited = results.flatMap(one => only(one, ({ group }) => group !== 'browsers') ?? [])
  if (check) console.log(`\n${checkTable(limited)}`)
}

/** Each once, with the runtimes it goes for. */
function omissionsOf(name: string, results: readonly Results[]): string[] {
  const runtimesByLine = new Map<string, string[]>()
  for (const { runtime, omissions } of results) {
    for (const { group, table, column, contender, reason } of omissions) {
      if (group !== name) continue
      const line = `${table}, ${column}: left out: ${contender}: ${reason}`
      runtimesByLine.set(line, [...(runtimesByLine.get(line) ?? []), titleOf(runtime)])
    }
  }
  return [...runtimesByLine].map(([line, runtimes]) =>
    runtimes.length === results.length ? line : `${line} (${runtimes.join(', ')})`,
  )
}
