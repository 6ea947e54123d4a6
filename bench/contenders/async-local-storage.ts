/*
 * AsyncLocalStorage: Node's values that belong to an asynchronous context.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Counter } from './counter.js'

export function asyncLocalStorage(): Counter {
  const storage = new AsyncLocalStorage<{ x: number }>()
  const store = { x: 0 }
  const own = () => storage.getStore() as { x: number }
  return {
    name: 'AsyncLocalStorage',
    set(value) {
      store.x = value
    },
    get: () => store.x,
    increment: times =>
      storage.run(store, () => {
        for (let i = 0; i < times; i++) own().x++
      }),
    read: times =>
      storage.run(store, () => {
        let sum = 0
        for (let i = 0; i < times; i++) sum += own().x
        return sum
      }),
    write: times =>
      storage.run(store, () => {
        for (let i = 0; i < times; i++) own().x = i
      }),
  }
}
