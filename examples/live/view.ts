/*
 * What the live table shows beside the slots: how far the count is, and how a thread ended.
 */
import { sep } from 'node:path'
import type { TopOptions } from 'threadslots/top'
import { bar, cutStart, megabytes, percent, printable, seconds, whole } from '../../tools/format.js'
import type { LiveSchema } from './counters.js'
import type { Crash, Crew } from './crew.js'
import { fileOf, type Plan } from './plan.js'

/** It is to be seen that readings cost nothing. */
const INTERVAL_MS = 100

/** Options for a table of a crew at work, given the share of the bytes that is counted. */
export function viewOf(plan: Plan, crew: Crew, share: () => number): TopOptions<LiveSchema> {
  const started = performance.now()
  const elapsed = () => seconds((performance.now() - started) / 1000)
  const { files, passes } = plan
  const work = `${whole(files.length)} files${passes > 1 ? `, ${passes} times` : ''}`
  return {
    intervalMs: INTERVAL_MS,
    title: () => `${percent(share()).padStart(5)} of ${work}, ${elapsed()}`,
    header: columns => bar(share(), columns).padEnd(columns, '░'),
    footer: columns => (crew.crash ? obituary(crew.crash, plan, columns) : []),
    columns: {
      bytes: { heading: 'MB', format: bytes => megabytes(Number(bytes)) },
      // It is shown at the end.
      lengths: false,
      job: { heading: 'file', format: job => nameOf(plan, Number(job)), align: 'left' },
      base: false,
    },
  }
}

/** How a thread ended, in one line; of the file's name, what fits. */
export function obituary({ threadId, heirId, takeover }: Crash, plan: Plan, columns: number): string {
  if (takeover === undefined) {
    return `thread ${threadId} was terminated between two files; thread ${heirId} took over`
  }
  const { name, bytes } = fileOf(plan, takeover.job)
  const start = `thread ${threadId} was terminated ${megabytes(takeover.counted.bytes)} of ${megabytes(bytes)} MB into `
  const end = `; thread ${heirId} took over`
  return start + cutStart(printable(name), columns - start.length - end.length) + end
}

/** The end of a file's path: it tells most. */
const nameOf = (plan: Plan, job: number): string =>
  job === -1 ? '' : fileOf(plan, job).name.split(sep).slice(-2).join('/')
