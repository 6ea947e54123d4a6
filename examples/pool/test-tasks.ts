// The tasks of pool.test.ts, which says which of them is the default export.
import { getEnvironmentData } from 'node:worker_threads'
import type { Compute } from './worker.js'

/** Shared with the test: a gate, and behind it a word for each input, which counts how often its task has begun. */
export type Words = Int32Array<SharedArrayBuffer>
export const WORDS = 'words'
/** The task's name, or `broken`. */
export const TASK = 'task'
export const IS_OPEN = 0
export const BEGUN = 1

const words = getEnvironmentData(WORDS) as Words
const begin = (input: number) => Atomics.add(words, BEGUN + input, 1)
/** Waits until the gate is open, or for this time. Returns true if it is open. */
const waitAtGate = (ms?: number) => Atomics.wait(words, IS_OPEN, 0, ms) !== 'timed-out'

const tasks: { readonly [name: string]: Compute } = {
  square: input => input * input,
  /** Takes some tenths of a millisecond. */
  counted(input) {
    begin(input)
    for (const end = performance.now() + 0.2; performance.now() < end; );
    return input + 1
  },
  /** Ends when the gate is open, or its signal is aborted. */
  patient(input, task) {
    begin(input)
    while (!waitAtGate(1)) task.throwIfCancelled()
    return input
  },
  /** Ends when the gate is open. */
  deaf(input) {
    begin(input)
    waitAtGate()
    return input
  },
  /** Says how far it is, and ends when the gate is open. */
  percent(input, task) {
    task.progress(input / 100)
    begin(input)
    waitAtGate()
    return input
  },
  /** Goes on for a number of milliseconds, and says so. */
  steady(input, task) {
    for (let now = 0, start = performance.now(); now < input; now = performance.now() - start) {
      task.progress(now / input)
    }
    return input
  },
  throws(input) {
    if (input === 0) throw new RangeError('0 is not enough')
    if (input === 1) throw 'a text'
    if (input === 2) throw new Error('é'.repeat(2000))
    if (input === 3) throw undefined
    return `${input}` as unknown as number
  },
  exits: input => process.exit(input),
}

const name = getEnvironmentData(TASK) as string
if (name === 'broken') throw new Error('this module is broken')
export default tasks[name] as Compute
