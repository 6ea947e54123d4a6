/*
 * Runs scenarios, each in a process of its own, in rounds: all scenarios in all runtimes once, in shuffled order, then all
 * again. So a busy minute of the machine falls on everybody.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type GroupName, loadGroup } from '../groups/index.js'
import { type Place, type Results, type Sampled, type ScenarioReport, summarise } from '../report/results.js'
import type { Scenario } from './group.js'
import { findVersions, machine, version as threadslots } from './machine.js'
import { shuffle } from './meter.js'
import { type Executable, isBrowser } from './runtimes.js'

export interface Plan {
  readonly groups: readonly GroupName[]
  readonly runtimes: readonly Executable[]
  readonly rounds: number
  /** Time for each contender in each round. */
  readonly milliseconds: number
}

export interface Progress {
  readonly done: number
  readonly jobs: number
  /** What is being measured. */
  readonly label: string
}

interface Job {
  readonly group: GroupName
  readonly position: number
  readonly scenario: Scenario
  readonly runtime: Executable
  readonly round: number
}

const LIMIT_MS = 120_000

/** What one process found, and where it belongs. */
interface Finding {
  readonly job: Job
  readonly report: ScenarioReport
}

/** The contender of an omission that leaves out a scenario, since its process failed. */
export const WHOLE_SCENARIO = 'all of it'

/**
 * Measures. A scenario that fails is left out, with what it said.
 * @returns the results of each runtime, in their order.
 */
export async function run(plan: Plan, onProgress: (progress: Progress) => void): Promise<Results[]> {
  const jobs = await jobsOf(plan)
  const findings: Finding[] = []
  for (const [done, job] of jobs.entries()) {
    const { group, scenario } = job
    onProgress({ done, jobs: jobs.length, label: `${group}: ${scenario.table}, ${scenario.column}` })
    findings.push({ job, report: await runJob(job, plan.milliseconds) })
  }
  // Back to the order in which they are shown.
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
  const measurements: Sampled[] = []
  const omissions = new Map<string, Place & { readonly reason: string }>()
  const version = findings.find(({ report }) => report.version)?.report.version ?? runtime.version
  for (const { job, report } of findings) {
    const { group, round } = job
    const { table, column } = job.scenario
    for (const measurement of report.measurements) {
      measurements.push({ group, table, column, ...measurement, round })
    }
    // Each round says the same.
    for (const { contender, reason } of report.omissions) {
      const place = { group, table, column, contender, reason }
      omissions.set(JSON.stringify(place), place)
    }
  }
  return {
    threadslots,
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

/** One process. It fails if it says nothing, or doesn't end in time. */
async function runJob(job: Job, milliseconds: number): Promise<ScenarioReport> {
  const { group, position, runtime } = job
  const script = join(import.meta.dirname, 'child.js')
  const args = [...runtime.args, script, group, String(position), String(milliseconds)]
  const child = spawn(runtime.path, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  let output = ''
  let complaint = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const report = code === 0 ? parse(output) : undefined
      if (report) return resolve(report)
      const lines = complaint.split('\n').filter(line => /^\w*error\b/i.test(line))
      const reason = signal
        ? `ended by ${signal} (limit: ${LIMIT_MS / 1000} s)`
        : (lines[0] ?? `exit code ${code}, and no report`)
      resolve({ measurements: [], omissions: [{ contender: WHOLE_SCENARIO, reason }] })
    })
  })
}

function parse(output: string): ScenarioReport | undefined {
  try {
    return JSON.parse(output)
  } catch {
    return undefined
  }
}
