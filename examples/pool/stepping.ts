// Runs what task-table.ts does step by step, in one thread. A step is one access to shared memory.
import type { TaskTable } from './task-table.js'

/** Thrown where a thread would wait. */
export class WouldWait extends Error {}

/** Is called before each access through a proxy. */
let beforeAccess = () => {}
/** What each proxy stands for. */
const targets = new WeakMap<object, object>()

/** How often somebody was notified. */
export let notifications = 0

for (const name of ['load', 'store', 'add', 'compareExchange', 'notify', 'wait'] as const) {
  const method = Atomics[name] as (...args: unknown[]) => unknown
  Object.assign(Atomics, {
    [name](proxy: object, index: number, ...args: unknown[]) {
      if (targets.has(proxy)) beforeAccess()
      const view = (targets.get(proxy) ?? proxy) as Int32Array
      if (name === 'wait') {
        if (view[index] !== args[0]) return 'not-equal'
        throw new WouldWait()
      }
      if (name === 'notify') notifications++
      return method(view, index, ...args)
    },
  })
}

const isElement = (property: string | symbol) => typeof property === 'string' && /^\d+$/.test(property)

/** Loads and stores of its elements, and stores of its other properties, are steps. */
export function stepped<V extends object>(view: V): V {
  const proxy = new Proxy(view, {
    get(target, property) {
      if (isElement(property)) beforeAccess()
      return Reflect.get(target, property, target)
    },
    set(target, property, value) {
      beforeAccess()
      return Reflect.set(target, property, value, target)
    },
  })
  targets.set(proxy, view)
  return proxy
}

/**
 * Calls `act` with the number of each step, before it. What `act` does itself has steps of its own, or none.
 * @param operate gets memory whose accesses are steps. Those to the texts of errors are not.
 * @returns the number of steps.
 */
export function stepThrough(
  tasks: TaskTable,
  act: (step: number) => void,
  operate: (tasks: TaskTable) => void,
): number {
  const { errors, ...views } = tasks
  const entries = Object.entries(views).map(([name, view]) => [name, stepped(view)] as const)
  const outer = beforeAccess
  let steps = 0
  const step = () => {
    beforeAccess = () => {}
    act(steps++)
    beforeAccess = step
  }
  beforeAccess = step
  try {
    operate({ ...Object.fromEntries(entries), errors } as TaskTable)
  } finally {
    beforeAccess = outer
  }
  return steps
}
