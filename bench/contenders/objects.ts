/*
 * What the language offers for a value that is private to a thread: properties, variables and maps.
 */
import type { Counter } from './counter.js'

const KEYS = 16
/** Any constant will do, because a thread's id never changes. */
const threadId = 0

/** The cost of the loop itself. */
export function nothing(): Counter {
  return {
    name: '(an empty loop)',
    set() {},
    get: () => Number.NaN,
    increment(times) {
      for (let i = 0; i < times; i++);
    },
    read(times) {
      for (let i = 0; i < times; i++);
      return Number.NaN
    },
    write(times) {
      for (let i = 0; i < times; i++);
    },
  }
}

export function plainObject(): Counter {
  const object = { x: 0 }
  return {
    name: 'object.x',
    set(value) {
      object.x = value
    },
    get: () => object.x,
    increment(times) {
      for (let i = 0; i < times; i++) object.x++
    },
    read(times) {
      let sum = 0
      for (let i = 0; i < times; i++) sum += object.x
      return sum
    },
    write(times) {
      for (let i = 0; i < times; i++) object.x = i
    },
  }
}

class Counting {
  x = 0
}

export function classField(): Counter {
  const counting = new Counting()
  return {
    name: 'class field',
    set(value) {
      counting.x = value
    },
    get: () => counting.x,
    increment(times) {
      for (let i = 0; i < times; i++) counting.x++
    },
    read(times) {
      let sum = 0
      for (let i = 0; i < times; i++) sum += counting.x
      return sum
    },
    write(times) {
      for (let i = 0; i < times; i++) counting.x = i
    },
  }
}

export function dictionary(): Counter {
  const values: { x: number } = Object.assign(Object.create(null), { x: 0 })
  return {
    name: 'Object.create(null)',
    set(value) {
      values.x = value
    },
    get: () => values.x,
    increment(times) {
      for (let i = 0; i < times; i++) values.x++
    },
    read(times) {
      let sum = 0
      for (let i = 0; i < times; i++) sum += values.x
      return sum
    },
    write(times) {
      for (let i = 0; i < times; i++) values.x = i
    },
  }
}

let variable = 0

export function moduleVariable(): Counter {
  return {
    name: 'module variable',
    set(value) {
      variable = value
    },
    get: () => variable,
    increment(times) {
      for (let i = 0; i < times; i++) variable++
    },
    read(times) {
      let sum = 0
      for (let i = 0; i < times; i++) sum += variable
      return sum
    },
    write(times) {
      for (let i = 0; i < times; i++) variable = i
    },
  }
}

export function map(): Counter {
  const values = new Map([['x', 0]])
  return {
    name: 'Map, constant key',
    set(value) {
      values.set('x', value)
    },
    get: () => values.get('x') as number,
    increment(times) {
      for (let i = 0; i < times; i++) values.set('x', (values.get('x') as number) + 1)
    },
    read(times) {
      let sum = 0
      for (let i = 0; i < times; i++) sum += values.get('x') as number
      return sum
    },
    write(times) {
      for (let i = 0; i < times; i++) values.set('x', i)
    },
  }
}

export function map16(): Counter {
  const keys = Array.from({ length: KEYS }, (_, i) => `key ${i}`)
  const values = new Map<string, number>()
  return {
    name: 'Map, 16 keys in turn',
    set(value) {
      for (const key of keys) values.set(key, value)
    },
    get: () => [...values.values()].reduce((sum, value) => sum + value, 0),
    increment(times) {
      for (let i = 0; i < times; i++) {
        const key = keys[i % KEYS] as string
        values.set(key, (values.get(key) as number) + 1)
      }
    },
    read(times) {
      let sum = 0
      for (let i = 0; i < times; i++) sum += values.get(keys[i % KEYS] as string) as number
      return sum
    },
    write(times) {
      for (let i = 0; i < times; i++) values.set(keys[i % KEYS] as string, i)
    },
    written: () => Math.max(...values.values()),
  }
}

/** How thread-local values are often kept: a map from thread ids to maps. */
export function nestedMap(): Counter {
  const threads = new Map([[threadId, new Map([['x', 0]])]])
  const own = () => threads.get(threadId) as Map<string, number>
  return {
    name: 'Map: thread → key',
    set(value) {
      own().set('x', value)
    },
    get: () => own().get('x') as number,
    increment(times) {
      for (let i = 0; i < times; i++) own().set('x', (own().get('x') as number) + 1)
    },
    read(times) {
      let sum = 0
      for (let i = 0; i < times; i++) sum += own().get('x') as number
      return sum
    },
    write(times) {
      for (let i = 0; i < times; i++) own().set('x', i)
    },
  }
}

/** How counters with labels are often kept: each access builds the key. */
export function builtKeyMap(): Counter {
  const values = new Map<string, number>()
  // Two equal names, so that the engine can't treat the key as a constant.
  const names = ['x', 'x']
  const key = (i: number) => `${threadId}:${names[i & 1]}`
  return {
    name: 'Map, built string key',
    set(value) {
      values.set(key(0), value)
    },
    get: () => values.get(key(0)) as number,
    increment(times) {
      for (let i = 0; i < times; i++) {
        const name = key(i)
        values.set(name, (values.get(name) as number) + 1)
      }
    },
    read(times) {
      let sum = 0
      for (let i = 0; i < times; i++) sum += values.get(key(i)) as number
      return sum
    },
    write(times) {
      for (let i = 0; i < times; i++) values.set(key(i), i)
    },
  }
}
