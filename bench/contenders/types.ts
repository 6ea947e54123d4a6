/*
 * All seven types in one process: in one function, in a loop for each, and a double at several places in the
 * source.
 */
import { defaultTable, type ThreadLocal, threadLocal } from 'threadslots'
import type { Contender } from '../harness/meter.js'

const ALL_TYPES = {
  a: 'u32',
  b: 'i32',
  c: 'f64',
  d: 'f32',
  e: 'u64',
  f: 'i64',
  g: { type: 'u8', length: 8 },
} as const

/** Updates one slot of each of the seven types. One call of the loop's body counts as one operation. */
function updateAll(times: number, local: ThreadLocal<typeof ALL_TYPES>): void {
  for (let i = 0; i < times; i++) {
    local.a++
    local.b++
    local.c++
    local.d++
    local.e += 1n
    local.f += 1n
    local.g[i & 7] = i
  }
}

/** A loop for each type, in a process that has already used all types in one function. */
export function eachType(): Contender[] {
  const all = threadLocal('all', ALL_TYPES)
  for (let pass = 0; pass < 50; pass++) updateAll(1e4, all)
  const table = defaultTable()
  const { f64: view } = table.attach()
  const { index } = table.key('raw', 'f64')
  const object = { x: 0 }
  const u32 = threadLocal('mixed.u32', { x: 'u32' })
  const i32 = threadLocal('mixed.i32', { x: 'i32' })
  const double = threadLocal('mixed.f64', { x: 'f64' })
  const float = threadLocal('mixed.f32', { x: 'f32' })
  const u64 = threadLocal('mixed.u64', { x: 'u64' })
  const i64 = threadLocal('mixed.i64', { x: 'i64' })
  return [
    {
      name: 'u32',
      prepare() {
        u32.x = 0
      },
      run(times) {
        for (let i = 0; i < times; i++) u32.x++
      },
      result: () => u32.x,
    },
    {
      name: 'i32',
      prepare() {
        i32.x = 0
      },
      run(times) {
        for (let i = 0; i < times; i++) i32.x++
      },
      result: () => i32.x,
    },
    {
      name: 'f64',
      prepare() {
        double.x = 0
      },
      run(times) {
        for (let i = 0; i < times; i++) double.x++
      },
      result: () => double.x,
    },
    {
      name: 'f32',
      prepare() {
        float.x = 0
      },
      run(times) {
        for (let i = 0; i < times; i++) float.x++
      },
      result: () => float.x,
    },
    {
      name: 'u64',
      prepare() {
        u64.x = 0n
      },
      run(times) {
        for (let i = 0; i < times; i++) u64.x += 1n
      },
      result: () => Number(u64.x),
    },
    {
      name: 'i64',
      prepare() {
        i64.x = 0n
      },
      run(times) {
        for (let i = 0; i < times; i++) i64.x += 1n
      },
      result: () => Number(i64.x),
    },
    {
      name: 'view[i], f64',
      prepare() {
        view[index] = 0
      },
      run(times) {
        for (let i = 0; i < times; i++) (view[index] as number)++
      },
      result: () => view[index] as number,
    },
    {
      name: 'object.x',
      prepare() {
        object.x = 0
      },
      run(times) {
        for (let i = 0; i < times; i++) object.x++
      },
      result: () => object.x,
    },
  ]
}

/** Seven updates per operation: in slots, and in what a program would use for the same values otherwise. */
export function sevenAtOnce(): Contender[] {
  const local = threadLocal('seven', ALL_TYPES)
  const object = { a: 0, b: 0, c: 0, d: 0, e: 0n, f: 0n, g: new Uint8Array(8) }
  const map = new Map<string, number>()
  const bigints = new Map<string, bigint>()
  const bytes = new Uint8Array(8)
  const reset = () => {
    for (const key of ['a', 'b', 'c', 'd']) map.set(key, 0)
    for (const key of ['e', 'f']) bigints.set(key, 0n)
  }
  const addOne = (key: string) => map.set(key, (map.get(key) as number) + 1)
  const addBigOne = (key: string) => bigints.set(key, (bigints.get(key) as bigint) + 1n)
  return [
    {
      name: 'seven slots',
      prepare: () => void Object.assign(local, { a: 0, b: 0, c: 0, d: 0, e: 0n, f: 0n }),
      run: times => updateAll(times, local),
      result: () => local.a + local.b + local.c + local.d + Number(local.e + local.f),
    },
    {
      name: 'seven fields of an object',
      prepare: () => void Object.assign(object, { a: 0, b: 0, c: 0, d: 0, e: 0n, f: 0n }),
      run(times) {
        for (let i = 0; i < times; i++) {
          object.a++
          object.b++
          object.c++
          object.d++
          object.e += 1n
          object.f += 1n
          object.g[i & 7] = i
        }
      },
      result: () => object.a + object.b + object.c + object.d + Number(object.e + object.f),
    },
    {
      name: 'seven values in Maps',
      prepare: reset,
      run(times) {
        for (let i = 0; i < times; i++) {
          addOne('a')
          addOne('b')
          addOne('c')
          addOne('d')
          addBigOne('e')
          addBigOne('f')
          bytes[i & 7] = i
        }
      },
      result: () =>
        [...map.values(), ...bigints.values()].reduce<number>((sum, value) => sum + Number(value), 0),
    },
  ]
}

/**
 * A double that is incremented at several places in the source. Each place first runs after the one before it
 * was optimised. V8 then passes whole doubles to the later places as small integers, which have to be
 * converted in both directions.
 */
export function severalPlaces(): Contender[] {
  const local = threadLocal('places', { x: 'f64' })
  const table = defaultTable()
  const row = table.attach()
  const slot = row.slot(table.key('place', 'f64'))
  const { f64: view } = row
  const { index } = table.key('raw', 'f64')
  const resetLocal = () => {
    local.x = 0
  }
  const resetSlot = () => {
    slot.value = 0
  }
  const places: Contender[] = [
    {
      name: 'local.x++, first place',
      prepare: resetLocal,
      run(times) {
        for (let i = 0; i < times; i++) local.x++
      },
      result: () => local.x,
    },
    {
      name: 'local.x++, second place',
      prepare: resetLocal,
      run(times) {
        for (let i = 0; i < times; i++) local.x++
      },
      result: () => local.x,
    },
    {
      name: 'local.x++, third place',
      prepare: resetLocal,
      run(times) {
        for (let i = 0; i < times; i++) local.x++
      },
      result: () => local.x,
    },
    {
      name: 'slot.add(1), first place',
      prepare: resetSlot,
      run(times) {
        for (let i = 0; i < times; i++) slot.add(1)
      },
      result: () => slot.value,
    },
    {
      name: 'slot.add(1), second place',
      prepare: resetSlot,
      run(times) {
        for (let i = 0; i < times; i++) slot.add(1)
      },
      result: () => slot.value,
    },
    {
      name: 'view[i]++',
      prepare() {
        view[index] = 0
      },
      run(times) {
        for (let i = 0; i < times; i++) (view[index] as number)++
      },
      result: () => view[index] as number,
    },
  ]
  for (const { run } of places) for (let pass = 0; pass < 100; pass++) run(1e4)
  return places
}
