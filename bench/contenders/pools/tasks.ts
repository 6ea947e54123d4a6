/*
 * The tasks. piscina and tinypool find them here by their names; files for the other pools hand them on.
 */
import { threadId } from 'node:worker_threads'
import { compute, inputOf } from './computation.js'
import { counts } from './counts.js'
import { exitOf, isDeadly } from './deaths.js'
import { inheritedNotes, type Notes } from './notes.js'

// The first store to a slot tells readers that this thread has loaded its tasks.
counts.done = 0

export type TaskName = 'plain' | 'counting' | 'exiting' | 'throwing'

/** Just computes. */
export const plain = (input: number): number => compute(input)

/** Also counts in slots, and records its time. */
export function counting(input: number): number {
  const started = performance.now()
  const result = compute(input)
  counts.done++
  counts.ms.record(performance.now() - started)
  return result
}

// The tasks of the benchmark of losses take and return their number.

/** Some of these end their thread, or keep it busy until they are terminated. */
export function exiting(task: number): number {
  const exit = exitOf(task)
  if (exit === 'before its work') process.exit()
  work(task)
  if (exit === 'after its work') process.exit()
  if (exit === 'stuck after its work') beStuck(task)
  return task
}

/** Some of these throw where neither a promise nor the pool catches it. */
export function throwing(task: number): number | Promise<number> {
  work(task)
  if (!isDeadly(task)) return task
  return new Promise(() => {
    setImmediate(() => {
      throw new Error('thrown on purpose')
    })
  })
}

const STEPS = 1000
let notes: Notes | undefined

function work(task: number): void {
  notes ??= inheritedNotes()
  counting(inputOf(STEPS, 0))
  Atomics.add(notes.runs, task, 1)
}

function beStuck(task: number): never {
  if (notes) Atomics.store(notes.stuckThreads, task, threadId)
  for (;;) compute(inputOf(STEPS, 0))
}
