// What each process of a run read in its table at its end, and whether that can be true.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Written by `preload.ts`. Threads are those that loaded it, main threads included. */
export interface Reading {
  readonly all: {
    readonly threads: number
    /** Workers that these threads started, whether or not they loaded anything. */
    readonly startedWorkers: number
    /** Deaths that `onThreadExit` told of. */
    readonly exits: number
    /** Values that weren't what their thread had assigned, or that `reset` left. */
    readonly faults: number
    /** Number of values in a histogram, one per thread. */
    readonly startMs: number
  }
  readonly liveThreads: number
  /** `running` is 1 in each thread, and ends with its thread. */
  readonly retired: { readonly threads: number; readonly running: number }
  /** Running threads whose text isn't what they assigned. */
  readonly wrongTitles: number
  readonly lost: { readonly threads: number; readonly keys: number }
  /** Number of threads that had written that they have counted themselves, before the table was read. */
  readonly countedBefore: number
  /** Number of threads that had written that they begin, after the table was read. */
  readonly begunAfter: number
}

export interface Readings {
  readonly readings: readonly Reading[]
  /** Processes that were killed, so that they couldn't read. */
  readonly unread: number
}

export function readFolder(folder: string): Readings {
  const files = existsSync(folder) ? readdirSync(folder) : []
  const readings = files
    .filter(file => file.endsWith('.json'))
    .map(file => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Reading)
  const processes = files.filter(file => file.endsWith('.lines')).length
  return { readings, unread: processes - readings.length }
}

/** Sums over the processes that were read. */
export interface Sums {
  readonly processes: number
  readonly unread: number
  readonly startedWorkers: number
  /** Workers that counted themselves. */
  readonly workers: number
  /** Threads that had died before their process was read. */
  readonly retired: number
}

export function sumsOf({ readings, unread }: Readings): Sums {
  const sum = (of: (reading: Reading) => number) => readings.reduce((sum, reading) => sum + of(reading), 0)
  return {
    processes: readings.length,
    unread,
    startedWorkers: sum(({ all }) => all.startedWorkers),
    workers: sum(({ all }) => all.threads - 1),
    retired: sum(({ retired }) => retired.threads),
  }
}

/** What can't be true, as sentences. */
export const problemsOf = ({ readings }: Readings): string[] => readings.flatMap(problemsOfOne)

/** What a run of all tests must have, but doesn't, as a sentence; undefined if nothing is missing. */
export function missingIn(run: Readings): string | undefined {
  const { processes, workers, retired } = sumsOf(run)
  if (processes === 0) return 'no process loaded the package'
  if (workers === 0) return 'no worker loaded the package'
  return retired === 0 ? 'no thread retired' : undefined
}

function problemsOfOne(reading: Reading): string[] {
  const { all, liveThreads, retired, wrongTitles, lost, countedBefore, begunAfter } = reading
  const rules: [holds: boolean, problem: string][] = [
    [
      countedBefore <= all.threads && all.threads <= begunAfter,
      `the table counts ${all.threads} threads, but ${countedBefore} of ${begunAfter} had counted themselves`,
    ],
    [
      countedBefore <= all.startMs && all.startMs <= begunAfter,
      `a histogram has ${all.startMs} values, but ${countedBefore} of ${begunAfter} threads had recorded one`,
    ],
    [
      retired.threads + liveThreads <= all.threads,
      `${retired.threads} retired and ${liveThreads} live threads, but ${all.threads} in all`,
    ],
    [retired.running === 0, `${retired.running} dead threads are running`],
    [all.exits === retired.threads, `${retired.threads} threads retired, but ${all.exits} ended`],
    [all.faults === 0, `${all.faults} values weren't what their thread had assigned`],
    [wrongTitles === 0, `${wrongTitles} texts weren't what their thread had assigned`],
    [lost.threads === 0 && lost.keys === 0, `no room for ${lost.threads} threads and ${lost.keys} keys`],
  ]
  return rules.filter(([holds]) => !holds).map(([, problem]) => problem)
}
