/*
 * Runs scenarios, each in a process of its own. A round measures all scenarios in all runtimes, in random
 * order, so that a busy minute of the machine affects all of them alike.
 */
import { join } from 'node:path'
import { run } from '../../tools/child-process.js'
import { ownVersion } from '../../tools/repository.js'
import { type GroupName, loadGroup } from '../groups/index.js'
import type { Scenario } from './group.js'
import { findVersions, machine } from './machine.js'
import type { Place, Results, ScenarioReport } from './results.js'
import { argsWith, type Executable, isBrowser } from './runtimes.js'
import { shuffle } from './shuffle.js'
import { type RoundMeasurement, summarise } from './summarise.js'

export interface Plan {
  readonly groups: readonly GroupName[]
  readonly runtimes: readonly Executable[]
  readonly rounds: number
  /** How long each contender is timed in each round. */
  readonly milliseconds: number
}

export interface Progress {
  /** Jobs that are done, of all jobs. */
  readonly done: number
  readonly jobs: number
  /** What is being measured now. */
  readonly label: string
}

/** One scenario in one runtime and one round. */
interface Job {
  readonly group: GroupName
  /** The scenario's position in its group. */
  readonly position: number
  readonly scenario: Scenario
  readonly runtime: Executable
  readonly round: number
}

/** A job, and what its process reported. */
interface Finding {
  readonly job: Job
  readonly report: ScenarioReport
}

const TIME_LIMIT_MS = 120_000
/** Node's exit code if it doesn't know an option. */
const UNKNOWN_OPTION = 9

/** Stands for the contender in an omission that is about a whole scenario, because its process failed. */
export const WHOLE_SCENARIO = 'all of it'

/**
 * Measures. A scenario whose process fails is left out, with its error message as the reason.
 * @returns the results of each runtime, in the order of `plan.runtimes`.
 */
export async function measure(plan: Plan, onProgress: (progress: Progress) => void): Promise<Results[]> {
  const jobs = await jobsOf(plan)
  const findings: Finding[] = []
  for (const [done, job] of jobs.entries()) {
    const { group, scenario } = job
    onProgress({ done, jobs: jobs.length, label: `${group}: ${scenario.table}, ${scenario.column}` })
    findings.push({ job, report: await runJob(job, plan.milliseconds) })
  }
  // Back to the order in which the results are shown.
  const rank = ({ job }: Finding) => plan.groups.indexOf(job.group) * jobs.length + job.position
  findings.sort((a, b) => rank(a) - rank(b))
  return plan.runtimes.map(runtime =>
    resultsOf(
      plan,
      runtime,
      findings.filter(({ job }) => job.runtime === runtime),
    ),
  )
}

async function jobsOf({ groups, runtimes, rounds }: Plan): Promise<Job[]> {
  const loaded = await Promise.all(groups.map(async group => ({ group, ...(await loadGroup(group)) })))
  const jobs: Job[] = []
  for (let round = 0; round < rounds; round++) {
    const all = loaded.flatMap(({ group, scenarios, inBrowsers }) =>
      scenarios.flatMap((scenario, position) =>
        runtimes
          .filter(runtime => inBrowsers || !isBrowser(runtime))
          .map(runtime => ({ group, position, scenario, runtime, round })),
      ),
    )
    jobs.push(...shuffle(all.filter(({ scenario }) => round === 0 || !scenario.once)))
  }
  return jobs
}

function resultsOf(plan: Plan, runtime: Executable, findings: readonly Finding[]): Results {
  const measurements: RoundMeasurement[] = []
  const omissions = new Map<string, Place & { readonly reason: string }>()
  const version = findings.find(({ report }) => report.version)?.report.version ?? runtime.version
  for (const { job, report } of findings) {
    const { group, round } = job
    const { table, column } = job.scenario
    for (const measurement of report.measurements) {
      measurements.push({ group, table, column, ...measurement, round })
    }
    // Every round reports the same omissions; we keep one of each.
    for (const { contender, reason } of report.omissions) {
      const omission = { group, table, column, contender, reason }
      omissions.set(JSON.stringify(omission), omission)
    }
  }
  return {
    threadslots: ownVersion,
    runtime: { name: runtime.name, version },
    machine,
    versions: findVersions(),
    date: new Date().toISOString(),
    rounds: plan.rounds,
    milliseconds: plan.milliseconds,
    figures: summarise(measurements),
    omissions: [...omissions.values()],
  }
}

/** Runs one process. It fails if it prints no report, or exceeds the time limit. */
async function runJob(
  { group, position, scenario, runtime }: Job,
  milliseconds: number,
): Promise<ScenarioReport> {
  const script = join(import.meta.dirname, 'scenario-process.js')
  const args = [...argsWith(runtime, scenario.v8Flags), script, group, String(position), String(milliseconds)]
  const completion = await run(runtime.path, args, { timeLimitMs: TIME_LIMIT_MS })
  const { problem, exitCode, stdout, stderr } = completion
  const report = problem === undefined ? parseReport(stdout) : undefined
  if (report) return report
  if (scenario.v8Flags && exitCode === UNKNOWN_OPTION) {
    const contender = scenario.v8Flags.join(' ')
    return { measurements: [], omissions: [{ contender, reason: 'this runtime does not know the flag' }] }
  }
  const errorLine = stderr.split('\n').find(line => /^\w*error\b/i.test(line))
  const reason = exitCode === null ? problem : (errorLine ?? `exit code ${exitCode}, and no report`)
  return { measurements: [], omissions: [{ contender: WHOLE_SCENARIO, reason: reason ?? 'no report' }] }
}

function parseReport(output: string): ScenarioReport | undefined {
  try {
    return JSON.parse(output)
  } catch {
    return undefined
  }
}
