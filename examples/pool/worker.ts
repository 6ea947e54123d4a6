/*
 * A thread of a pool. It does one task after the other, without returning to its event loop in between.
 */
import { threadId, workerData } from 'node:worker_threads'
import { throwIfCancelled } from 'threadslots/cancel'
import { counters } from './counters.js'
import { claim, perform, type TaskTable } from './task-table.js'

/** The default export of a pool's module. */
export type Compute = (input: number, task: TaskContext) => number

export interface TaskContext {
  /** Says how much of the task is done, from 0 to 1. A task that goes on saying so is not stuck. */
  progress(fraction: number): void
  /** Throws once the task's signal is aborted. Without a signal, it does nothing. */
  throwIfCancelled(): void
}

export interface WorkerData {
  readonly table: TaskTable
  readonly module: string
  readonly statistics: boolean
}

const { table, module, statistics } = workerData as WorkerData
const { default: compute } = (await import(module)) as { readonly default: Compute }

let ticket = 0
const task: TaskContext = {
  progress(fraction) {
    counters.progress = fraction
  },
  throwIfCancelled() {
    if (ticket !== 0) throwIfCancelled(ticket)
  },
}

let since = performance.now()
function lap(times: typeof counters.busy): void {
  const now = performance.now()
  times.record(now - since)
  since = now
}

for (;;) {
  // Before the claim, so that no other task's progress is taken for the next one's.
  counters.progress = 0
  const record = claim(table, threadId)
  if (record === undefined) break
  const input = table.inputs[record] as number
  ticket = table.tickets[record] as number
  counters.input = input
  if (statistics) lap(counters.wait)
  perform(table, record, counters, () => compute(input, task))
  if (statistics) lap(counters.busy)
}
