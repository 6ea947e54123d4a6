/*
 * Values of 64 bits. All contenders convert the loop's number to the bigint that they write, so that this
 * conversion costs all of them the same.
 */
import { defaultTable, threadLocal } from 'threadslots'
import type { BigintType, Counter } from './counter.js'

export function bigintAccessor(type: BigintType): Counter {
  const local = threadLocal('bigintAccessor', { x: type })
  return {
    name: 'local.x',
    set(value) {
      local.x = BigInt(value)
    },
    get: () => Number(local.x),
    increment(times) {
      for (let i = 0; i < times; i++) local.x += 1n
    },
    read(times) {
      let sum = 0n
      for (let i = 0; i < times; i++) sum = BigInt.asIntN(64, sum + local.x)
      return Number(sum)
    },
    write(times) {
      for (let i = 0; i < times; i++) local.x = BigInt(i)
    },
  }
}

/** Shows why the documentation recommends `x += 1n`. */
export function bigintAccessorPlusPlus(type: BigintType): Counter {
  const local = threadLocal('bigintAccessorPlusPlus', { x: type })
  return {
    name: 'local.x++',
    set(value) {
      local.x = BigInt(value)
    },
    get: () => Number(local.x),
    increment(times) {
      for (let i = 0; i < times; i++) local.x++
    },
  }
}

const slotOf = (name: string, type: BigintType) => {
  const table = defaultTable()
  return table.attach().slot(table.key<BigintType>(name, type))
}

export function bigintSlotAdd(type: BigintType): Counter {
  const slot = slotOf('bigintSlotAdd', type)
  return {
    name: 'slot.add(1)',
    set(value) {
      slot.value = BigInt(value)
    },
    get: () => Number(slot.value),
    increment(times) {
      for (let i = 0; i < times; i++) slot.add(1n)
    },
  }
}

export function bigintSlotValue(type: BigintType): Counter {
  const slot = slotOf('bigintSlotValue', type)
  return {
    name: 'slot.value',
    set(value) {
      slot.value = BigInt(value)
    },
    get: () => Number(slot.value),
    increment(times) {
      for (let i = 0; i < times; i++) slot.value += 1n
    },
    read(times) {
      let sum = 0n
      for (let i = 0; i < times; i++) sum = BigInt.asIntN(64, sum + slot.value)
      return Number(sum)
    },
    write(times) {
      for (let i = 0; i < times; i++) slot.value = BigInt(i)
    },
  }
}

export function bigintRaw(type: BigintType): Counter {
  const table = defaultTable()
  const { index } = table.key('bigintRaw', type)
  const view: { [index: number]: bigint } = table.attach()[type]
  // Written out for both types: if the wrapping function were looked up by type, the engine might not inline
  // it.
  const increments = {
    i64(times: number) {
      for (let i = 0; i < times; i++) view[index] = BigInt.asIntN(64, (view[index] as bigint) + 1n)
    },
    u64(times: number) {
      for (let i = 0; i < times; i++) view[index] = BigInt.asUintN(64, (view[index] as bigint) + 1n)
    },
  }
  return {
    name: 'view[i]',
    set(value) {
      view[index] = BigInt(value)
    },
    get: () => Number(view[index]),
    increment: increments[type],
    read(times) {
      let sum = 0n
      for (let i = 0; i < times; i++) sum = BigInt.asIntN(64, sum + (view[index] as bigint))
      return Number(sum)
    },
    write(times) {
      for (let i = 0; i < times; i++) view[index] = BigInt(i)
    },
  }
}

export function bigintObject(): Counter {
  const object = { x: 0n }
  return {
    name: 'object.x += 1n',
    set(value) {
      object.x = BigInt(value)
    },
    get: () => Number(object.x),
    increment(times) {
      for (let i = 0; i < times; i++) object.x += 1n
    },
    read(times) {
      let sum = 0n
      for (let i = 0; i < times; i++) sum = BigInt.asIntN(64, sum + object.x)
      return Number(sum)
    },
    write(times) {
      for (let i = 0; i < times; i++) object.x = BigInt(i)
    },
  }
}

export function bigintMap(): Counter {
  const values = new Map([['x', 0n]])
  return {
    name: 'Map of bigints, constant key',
    set(value) {
      values.set('x', BigInt(value))
    },
    get: () => Number(values.get('x')),
    increment(times) {
      for (let i = 0; i < times; i++) values.set('x', (values.get('x') as bigint) + 1n)
    },
    read(times) {
      let sum = 0n
      for (let i = 0; i < times; i++) sum = BigInt.asIntN(64, sum + (values.get('x') as bigint))
      return Number(sum)
    },
    write(times) {
      for (let i = 0; i < times; i++) values.set('x', BigInt(i))
    },
  }
}
