import type { Results, Run } from '../harness/results.js'
import { runOf } from './figures.js'

/** Says when groups were measured, and on what: 'threadslots 0.1.0, measured on 2026-11-29 with 2 processors (…)'. */
export function measuredOn(results: readonly Results[], groups: readonly string[]): string {
  const [first] = results as [Results]
  const groupsByRun = new Map<string, string[]>()
  for (const group of groups) {
    const run = describe(runOf(first, group))
    groupsByRun.set(run, [...(groupsByRun.get(run) ?? []), group])
  }
  const [[run], ...others] = [...groupsByRun] as [[string, string[]], ...[string, string[]][]]
  return [run, ...others.map(([run, groups]) => `those of ${groups.join(' and ')} are of ${run}`)].join('; ')
}

const describe = ({ threadslots, date, machine }: Run): string =>
  `threadslots ${threadslots}, measured on ${date.slice(0, 10)} with ${machine.processors} processors (${machine.processor})`
