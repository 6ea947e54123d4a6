/*
 * From a counter to a contender: one of its three loops.
 */
import type { Contender } from '../harness/meter.js'
import type { Counter, Operation } from './counter.js'

/** What a counter is read from: no fold's identity. */
const READ_VALUE = 7

/** A counter in a race, if it has the operation. */
export function contend(operation: Operation, counter: Counter): Contender[] {
  const { name } = counter
  const run = counter[operation]
  if (!run) return []
  if (operation !== 'read') {
    // From 0 each time, so that all stay in the same range of numbers.
    const result = operation === 'write' ? (counter.written ?? counter.get) : counter.get
    return [{ name, run, prepare: () => counter.set(0), result }]
  }
  let sum: unknown
  return [
    {
      name,
      prepare: () => counter.set(READ_VALUE),
      run: times => (sum = run(times)),
      result: () => sum as number,
    },
  ]
}
