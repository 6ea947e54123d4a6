/*
 * What a reading of all threads is compared with: plain loops that add the same values, row after row. The rows are as far
 * apart as a table's, in shared memory of their own. No thread comes or goes there, so a loop checks nothing that it reads.
 *
 * Each row is laid out as one would by hand: doubles first, then integers, without gaps.
 */
import type { Contender } from '../../harness/meter.js'
import { digest } from './digest.js'
import { type Keys, rowStrideBytes, VECTOR_LENGTH, valueAt } from './threads.js'

const NAME = 'a plain loop'

/** Integers in rows at a table's distance. Row n starts at element n × `stride`. */
export interface IntegerRows {
  readonly cells: Uint32Array
  readonly stride: number
}

export function makeIntegerRows(rows: number): IntegerRows {
  const strideBytes = rowStrideBytes()
  return { cells: new Uint32Array(new SharedArrayBuffer(rows * strideBytes)), stride: strideBytes / 4 }
}

/** Adds the first element of each row. */
export function addFirsts({ cells, stride }: IntegerRows): number {
  let sum = 0
  for (let i = 0; i < cells.length; i += stride) sum += cells[i] as number
  return sum
}

/** The total of one integer key. */
export function loopOverOneKey(rows: number): Contender {
  const integers = makeIntegerRows(rows)
  for (let row = 0; row < rows; row++) integers.cells[row * integers.stride] = valueAt(row, 0)
  return {
    name: NAME,
    run(times) {
      let last = 0
      for (let i = 0; i < times; i++) last = addFirsts(integers)
      return last
    },
    result: () => digest([addFirsts(integers)]),
  }
}

/** A loop that adds into the same sums each time, and what these mean. */
const repeating = (
  add: () => Float64Array,
  totalsOf: (sums: Float64Array) => (number | ArrayLike<number>)[],
): Contender => ({
  name: NAME,
  run(times) {
    let sums: Float64Array | undefined
    for (let i = 0; i < times; i++) sums = add()
    return sums
  },
  result: () => digest(totalsOf(add())),
})

/** The totals of scalar keys. */
export function loopOverKeys(keys: Keys, rows: number): Contender {
  const { cells: integers, stride } = makeIntegerRows(rows)
  const doubles = new Float64Array(integers.buffer)
  const doubleStride = stride / 2
  const names = Object.keys(keys)
  const doubleNames = names.filter(name => keys[name] === 'f64')
  const integerNames = names.filter(name => keys[name] === 'u32')
  const [doubleCount, integerCount] = [doubleNames.length, integerNames.length]
  for (let row = 0; row < rows; row++) {
    for (const [i, name] of doubleNames.entries()) {
      doubles[row * doubleStride + i] = valueAt(row, names.indexOf(name))
    }
    for (const [i, name] of integerNames.entries()) {
      integers[row * stride + 2 * doubleCount + i] = valueAt(row, names.indexOf(name))
    }
  }
  const sums = new Float64Array(names.length)
  const add = () => {
    sums.fill(0)
    for (let row = 0; row < rows; row++) {
      const firstDouble = row * doubleStride
      for (let i = 0; i < doubleCount; i++) {
        sums[i] = (sums[i] as number) + (doubles[firstDouble + i] as number)
      }
      const firstInteger = row * stride + 2 * doubleCount
      for (let i = 0; i < integerCount; i++) {
        sums[doubleCount + i] = (sums[doubleCount + i] as number) + (integers[firstInteger + i] as number)
      }
    }
    return sums
  }
  const inOrder = [...doubleNames, ...integerNames]
  return repeating(add, sums => names.map(name => sums[inOrder.indexOf(name)] as number))
}

/** The total of a vector of integers. */
export function loopOverVector(rows: number): Contender {
  const { cells, stride } = makeIntegerRows(rows)
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < VECTOR_LENGTH; i++) cells[row * stride + i] = valueAt(row, i)
  }
  const sums = new Float64Array(VECTOR_LENGTH)
  const add = () => {
    sums.fill(0)
    for (let row = 0; row < rows; row++) {
      const first = row * stride
      for (let i = 0; i < VECTOR_LENGTH; i++) {
        sums[i] = (sums[i] as number) + (cells[first + i] as number)
      }
    }
    return sums
  }
  return repeating(add, sums => [sums])
}
