/*
 * The three ways to use a slot of this library: an accessor, a handle, and the raw view.
 */
import { defaultTable, type Row, threadLocal } from 'threadslots'
import type { Counter, NumberType, ViewType } from './counter.js'

const KEYS = 16

export function accessor(type: NumberType): Counter {
  const local = threadLocal('accessor', { x: type })
  return {
    name: 'local.x',
    set(value) {
      local.x = value
    },
    get: () => local.x,
    increment(times) {
      for (let i = 0; i < times; i++) local.x++
    },
    read(times) {
      let sum = 0
      for (let i = 0; i < times; i++) sum += local.x
      return sum
    },
    write(times) {
      for (let i = 0; i < times; i++) local.x = i
    },
  }
}

/** `local.x += 1`, to see whether it costs something else than `local.x++`. */
export function accessorPlus(type: NumberType): Counter {
  const local = threadLocal('accessorPlus', { x: type })
  return {
    name: 'local.x += 1',
    set(value) {
      local.x = value
    },
    get: () => local.x,
    increment(times) {
      for (let i = 0; i < times; i++) local.x += 1
    },
  }
}

const slotOf = (name: string, type: NumberType) => {
  const table = defaultTable()
  return table.attach().slot(table.key<NumberType>(name, type))
}

export function slotAdd(type: NumberType): Counter {
  const slot = slotOf('slotAdd', type)
  return {
    name: 'slot.add(1)',
    set(value) {
      slot.value = value
    },
    get: () => slot.value,
    increment(times) {
      for (let i = 0; i < times; i++) slot.add(1)
    },
  }
}

export function slotValue(type: NumberType): Counter {
  const slot = slotOf('slotValue', type)
  return {
    name: 'slot.value',
    set(value) {
      slot.value = value
    },
    get: () => slot.value,
    increment(times) {
      for (let i = 0; i < times; i++) slot.value++
    },
    read(times) {
      let sum = 0
      for (let i = 0; i < times; i++) sum += slot.value
      return sum
    },
    write(times) {
      for (let i = 0; i < times; i++) slot.value = i
    },
  }
}

export function slots16(type: NumberType): Counter {
  const slots = Array.from({ length: KEYS }, (_, i) => slotOf(`slots16.${i}`, type))
  type AnySlot = (typeof slots)[number]
  return {
    name: 'slot.add(1), 16 in turn',
    set(value) {
      for (const slot of slots) slot.value = value
    },
    get: () => slots.reduce((sum, { value }) => sum + value, 0),
    increment(times) {
      for (let i = 0; i < times; i++) (slots[i % KEYS] as AnySlot).add(1)
    },
  }
}

/** The raw views, with the form of increment that is fastest for each type. */
const rawForms: Record<ViewType, (row: Row, index: number) => Counter> = {
  i32: ({ i32: view }, index) => ({
    ...rawAccess(view, index),
    name: 'view[i] = view[i] + 1, coerced',
    increment(times) {
      for (let i = 0; i < times; i++) view[index] = ((view[index] as number) + 1) | 0
    },
  }),
  u32: ({ u32: view }, index) => ({
    ...rawAccess(view, index),
    name: 'view[i] = view[i] + 1, coerced',
    increment(times) {
      for (let i = 0; i < times; i++) view[index] = ((view[index] as number) + 1) >>> 0
    },
  }),
  f32: ({ f32: view }, index) => ({
    ...rawAccess(view, index),
    name: 'view[i] = view[i] + 1, coerced',
    increment(times) {
      for (let i = 0; i < times; i++) view[index] = (view[index] as number) + 1
    },
  }),
  f64: ({ f64: view }, index) => ({
    ...rawAccess(view, index),
    name: 'view[i] = view[i] + 1, coerced',
    increment(times) {
      for (let i = 0; i < times; i++) view[index] = (view[index] as number) + 1
    },
  }),
}

type View = { [index: number]: number }

const rawAccess = (view: View, index: number): Counter => ({
  name: 'view[i]',
  set(value) {
    view[index] = value
  },
  get: () => view[index] as number,
})

const rawPlace = (name: string, type: ViewType) => {
  const table = defaultTable()
  const { index } = table.key(name, type)
  return { row: table.attach(), index }
}

export function rawForm(type: ViewType): Counter {
  const { row, index } = rawPlace('rawForm', type)
  return rawForms[type](row, index)
}

export function raw(type: ViewType): Counter {
  const { row, index } = rawPlace('raw', type)
  const view: View = row[type]
  return {
    ...rawAccess(view, index),
    increment(times) {
      for (let i = 0; i < times; i++) (view[index] as number)++
    },
    read(times) {
      let sum = 0
      for (let i = 0; i < times; i++) sum += view[index] as number
      return sum
    },
    write(times) {
      for (let i = 0; i < times; i++) view[index] = i
    },
  }
}
