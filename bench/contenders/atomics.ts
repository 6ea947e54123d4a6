/*
 * One counter that all threads share, with atomic operations. Here, no other thread uses it.
 */
import type { BigintType, Counter, ViewType } from './counter.js'

const CELL_BYTES = 128

/** @throws {TypeError} for floats: Atomics has no operations on them. */
export function atomics(type: ViewType): Counter {
  if (type === 'f32' || type === 'f64') throw new TypeError('Atomics has no operations on floats')
  const buffer = new SharedArrayBuffer(CELL_BYTES)
  const cell = type === 'i32' ? new Int32Array(buffer) : new Uint32Array(buffer)
  return {
    name: 'Atomics.add',
    set(value) {
      cell[0] = value
    },
    get: () => cell[0] as number,
    increment(times) {
      for (let i = 0; i < times; i++) Atomics.add(cell, 0, 1)
    },
    read(times) {
      let sum = 0
      for (let i = 0; i < times; i++) sum += Atomics.load(cell, 0)
      return sum
    },
    write(times) {
      for (let i = 0; i < times; i++) Atomics.store(cell, 0, i)
    },
  }
}

export function bigintAtomics(type: BigintType): Counter {
  const buffer = new SharedArrayBuffer(CELL_BYTES)
  const cell = type === 'i64' ? new BigInt64Array(buffer) : new BigUint64Array(buffer)
  return {
    name: 'Atomics.add',
    set(value) {
      cell[0] = BigInt(value)
    },
    get: () => Number(cell[0]),
    increment(times) {
      for (let i = 0; i < times; i++) Atomics.add(cell, 0, 1n)
    },
    read(times) {
      let sum = 0n
      for (let i = 0; i < times; i++) sum = BigInt.asIntN(64, sum + Atomics.load(cell, 0))
      return Number(sum)
    },
    write(times) {
      for (let i = 0; i < times; i++) Atomics.store(cell, 0, BigInt(i))
    },
  }
}
