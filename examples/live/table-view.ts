/*
 * What the live table shows in addition to the slots: the progress, and how a thread was terminated.
 */
import { sep } from 'node:path'
import type { TopOptions } from 'threadslots/top'
import { bar, cutStart, megabytes, percent, printable, seconds, whole } from '../../tools/format.js'
import type { LiveSchema } from './counters.js'
import { fileOf, type Plan } from './plan.js'
import type { CountingThreads, Crash } from './threads.js'

/** Often, because readings don't slow the threads. */
const INTERVAL_MS = 100

/** Options for the live table. `share` tells what share of all bytes has been counted. */
export function tableOptions(
  plan: Plan,
  threads: CountingThreads,
  share: () => number,
): TopOptions<LiveSchema> {
  const started = performance.now()
  const elapsed = () => seconds((performance.now() - started) / 1000)
  const { files, passes } = plan
  const work = `${whole(files.length)} files${passes > 1 ? `, ${passes} times` : ''}`
  return {
    intervalMs: INTERVAL_MS,
    title: () => `${percent(share()).padStart(5)} of ${work}, ${elapsed()}`,
    header: columns => bar(share(), columns).padEnd(columns, '░'),
    footer: columns => (threads.crash ? crashLine(threads.crash, plan, columns) : []),
    columns: {
      bytes: { heading: 'MB', format: bytes => megabytes(Number(bytes)) },
      // The line lengths are shown at the end.
      lengths: false,
      job: { heading: 'file', format: job => nameOf(plan, Number(job)), align: 'left' },
      base: false,
    },
  }
}

/** Tells in one line how a thread was terminated. The file's name is cut to fit. */
export function crashLine({ threadId, successorId, takeover }: Crash, plan: Plan, columns: number): string {
  if (takeover === undefined) {
    return `thread ${threadId} was terminated between two files; thread ${successorId} took over`
  }
  const { name, bytes } = fileOf(plan, takeover.job)
  const start = `thread ${threadId} was terminated ${megabytes(takeover.counted.bytes)} of ${megabytes(bytes)} MB into `
  const end = `; thread ${successorId} took over`
  return start + cutStart(printable(name), columns - start.length - end.length) + end
}

/** The last two parts of a file's path. */
const nameOf = (plan: Plan, job: number): string =>
  job === -1 ? '' : fileOf(plan, job).name.split(sep).slice(-2).join('/')
