/*
 * V8's shared structs: objects that several threads can hold, an experiment behind the flag `--harmony-struct`. Their plain
 * accesses aren't atomic.
 */
import type { Counter } from './counter.js'

interface Experiment {
  readonly SharedStructType?: new (fields: readonly string[]) => new () => { x: number }
}

/** @throws {Error} if this runtime has no shared structs. */
export function sharedStruct(): Counter {
  const { SharedStructType } = globalThis as Experiment
  if (!SharedStructType) throw new Error('this runtime has no shared structs')
  const Counting = new SharedStructType(['x'])
  const struct = new Counting()
  return {
    name: 'shared struct',
    set(value) {
      struct.x = value
    },
    get: () => struct.x,
    increment(times) {
      for (let i = 0; i < times; i++) struct.x++
    },
    read(times) {
      let sum = 0
      for (let i = 0; i < times; i++) sum += struct.x
      return sum
    },
    write(times) {
      for (let i = 0; i < times; i++) struct.x = i
    },
  }
}
