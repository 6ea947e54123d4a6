/*
 * `/threads`: all values of all threads, as JSON for people and scripts.
 */
import type { Readings } from './readings.js'

/** A snapshot of the table, by key name. */
export function threadsOf(readings: Readings): object {
  const { table, watcher } = readings
  const { threads, retired, totals } = readings.snapshot()
  const valuesByThread = new Map(threads.map(({ threadId, values }) => [threadId, values]))
  return {
    pid: process.pid,
    time: new Date().toISOString(),
    threads: watcher.statuses.map(status => ({
      ...status,
      values: readings.plainValues(valuesByThread.get(status.threadId) ?? {}),
    })),
    retired: readings.plainValues(retired),
    totals: readings.plainValues(totals),
    lost: table.lost,
  }
}
