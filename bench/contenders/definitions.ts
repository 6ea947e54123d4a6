/*
 * Several definitions in one process: with the same field names, and all used by one function.
 */
import { defaultTable, threadLocal } from 'threadslots'
import type { Contender } from '../harness/meter.js'

/**
 * Definitions with the same field names. Each is used at its own place in the source, as if in a module of
 * its own.
 */
export function sameNames(): Contender[] {
  const define = (i: number) => threadLocal(`same${i}`, { x: 'u32' })
  const [first, second, third] = [define(1), define(2), define(3)]
  const others = [4, 5, 6, 7, 8, 9].map(define)
  for (const other of others) for (let i = 0; i < 1e4; i++) other.x++
  const tenth = define(10)
  return [
    {
      name: 'first definition',
      prepare() {
        first.x = 0
      },
      run(times) {
        for (let i = 0; i < times; i++) first.x++
      },
      result: () => first.x,
    },
    {
      name: 'second definition',
      prepare() {
        second.x = 0
      },
      run(times) {
        for (let i = 0; i < times; i++) second.x++
      },
      result: () => second.x,
    },
    {
      name: 'third definition',
      prepare() {
        third.x = 0
      },
      run(times) {
        for (let i = 0; i < times; i++) third.x++
      },
      result: () => third.x,
    },
    {
      name: 'tenth definition',
      prepare() {
        tenth.x = 0
      },
      run(times) {
        for (let i = 0; i < times; i++) tenth.x++
      },
      result: () => tenth.x,
    },
  ]
}

/** One function that uses `count` definitions in turn, as generic code does. */
export function oneFunction(count: number): Contender[] {
  const ids = Array.from({ length: count }, (_, i) => i)
  const table = defaultTable()
  const locals = ids.map(i => threadLocal(`through${i}`, { x: 'u32' }))
  const slots = ids.map(i => table.attach().slot(table.key(`slot${i}`, 'u32')))
  const objects = ids.map(() => ({ x: 0 }))
  const maps = ids.map(() => new Map([['x', 0]]))
  const sum = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
  return [
    {
      name: 'local.x++',
      prepare() {
        for (const local of locals) local.x = 0
      },
      run(times) {
        for (let i = 0; i < times; i++) (locals[i % count] as { x: number }).x++
      },
      result: () => sum(locals.map(({ x }) => x)),
    },
    {
      name: 'slot.add(1)',
      prepare() {
        for (const slot of slots) slot.value = 0
      },
      run(times) {
        for (let i = 0; i < times; i++) (slots[i % count] as (typeof slots)[number]).add(1)
      },
      result: () => sum(slots.map(({ value }) => value)),
    },
    {
      name: 'object.x++',
      prepare() {
        for (const object of objects) object.x = 0
      },
      run(times) {
        for (let i = 0; i < times; i++) (objects[i % count] as { x: number }).x++
      },
      result: () => sum(objects.map(({ x }) => x)),
    },
    {
      name: 'Map, constant key',
      prepare() {
        for (const map of maps) map.set('x', 0)
      },
      run(times) {
        for (let i = 0; i < times; i++) {
          const map = maps[i % count] as Map<string, number>
          map.set('x', (map.get('x') as number) + 1)
        }
      },
      result: () => sum(maps.map(map => map.get('x') as number)),
    },
  ]
}
