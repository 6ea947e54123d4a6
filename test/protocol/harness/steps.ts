/*
 * Standing before each step of an operation, in one thread and without timing.
 *
 * A step is one access to shared memory: a call of `Atomics`, a plain load or a plain store of one element. What comes
 * between two of them is a thread's own business, so to stand before every step, and after the last, is to stand
 * everywhere. The library is not changed for it: its typed arrays and its `Atomics` are replaced here, the arrays by
 * proxies, as long as a thread that is to be stepped through makes them.
 */
import { directoryAddress, recordAddress, TYPES } from '../../../src/memory/layout.js'
import { dimensions } from './dimensions.js'

/** Told of each step before it happens: its number, and whether a key gets published by it. */
export type Stand = (step: number, isPublication: boolean) => void

type View = Int32Array<SharedArrayBuffer>
type Method = (...args: unknown[]) => unknown

/** More steps than any operation takes: one that does never ends. */
const MOST_STEPS = 5000

let isWatching = false
let beforeStep: ((isPublication: boolean) => void) | undefined

/** The arrays behind the proxies. */
const plain = new WeakMap<object, object>()

function watched(view: View): View {
  const proxy = new Proxy(view, { get: read, set: write })
  plain.set(proxy, view)
  return proxy
}

function write(view: View, index: string | symbol, value: number): boolean {
  beforeStep?.(false)
  view[Number(index)] = value
  return true
}

function read(view: View, property: string | symbol): unknown {
  if (typeof property === 'string' && /^\d/.test(property)) {
    beforeStep?.(false)
    return view[Number(property)]
  }
  const value: unknown = Reflect.get(view, property)
  if (typeof value !== 'function') return value
  if (property === 'subarray') return (start?: number, end?: number) => watched(view.subarray(start, end))
  // These two store element by element, in ascending order.
  if (property === 'fill') {
    return (element: number, start = 0, end = view.length) => {
      for (let i = start; i < end; i++) write(view, `${i}`, element)
    }
  }
  if (property === 'set') {
    return (elements: ArrayLike<number>, start = 0) => {
      for (let i = 0; i < elements.length; i++) write(view, `${start + i}`, elements[i] as number)
    }
  }
  // All others read: `slice`, `some`, the iterator. What they read is never written again (a published record).
  return (...args: unknown[]) => {
    beforeStep?.(false)
    return Reflect.apply(value, view, args)
  }
}

const constructors: ProxyHandler<typeof Int32Array> = {
  construct(Plain, args) {
    const view = Reflect.construct(Plain, args) as View
    return isWatching && view.buffer instanceof SharedArrayBuffer ? watched(view) : view
  },
}
const watchable = <A>(array: A): A => new Proxy(array as typeof Int32Array, constructors) as A
for (const traits of Object.values(TYPES)) Object.assign(traits, { array: watchable(traits.array) })
// The present bytes of a row.
globalThis.Uint8Array = watchable(Uint8Array)

/** The table starts at the buffer's start here. */
const isDirectory = (view: unknown, index: unknown) =>
  view instanceof Int32Array &&
  4 * Number(index) >= directoryAddress(0) &&
  4 * Number(index) < recordAddress(dimensions, 0)

const methods = Atomics as unknown as { [name: string]: Method }
for (const name of Object.getOwnPropertyNames(Atomics)) {
  const original = methods[name]
  if (typeof original !== 'function') continue
  methods[name] = (view, ...args) => {
    const array = plain.get(view as object) ?? view
    if (beforeStep) beforeStep(name === 'compareExchange' && isDirectory(array, args[0]))
    return original(array, ...args)
  }
}

/** Runs something in a thread that is to be stepped through: what it makes of views now can be. */
export function watch<T>(run: () => T): T {
  isWatching = true
  try {
    return run()
  } finally {
    isWatching = false
  }
}

/** Calls `stand` before each step of `run` and after the last one; gives the number of steps. */
export function stepThrough(run: () => void, stand: Stand): number {
  let steps = 0
  const pause = (isPublication: boolean) => {
    if (steps === MOST_STEPS) throw new Error(`more than ${MOST_STEPS} steps: it never ends`)
    beforeStep = undefined
    isWatching = false
    try {
      stand(steps, isPublication)
    } finally {
      steps++
      isWatching = true
      beforeStep = pause
    }
  }
  beforeStep = pause
  try {
    watch(run)
  } finally {
    beforeStep = undefined
  }
  stand(steps, false)
  return steps
}

// Made once: to note the stack takes longer than many a schedule.
const CRASH = new Error('crash')

/**
 * Terminates the thread that runs `run` before the step for which `isLast` gives true; false if there is none. Nothing
 * can catch it: every later step fails too, so that nothing more reaches the shared memory.
 */
export function crash(run: () => void, isLast: (step: number, isPublication: boolean) => boolean): boolean {
  let isDead = false
  let hasGoneOn = false
  try {
    stepThrough(
      () => {
        run()
        hasGoneOn = isDead
      },
      (step, isPublication) => {
        isDead ||= isLast(step, isPublication)
        if (isDead) throw CRASH
      },
    )
  } catch (error) {
    if (hasGoneOn) throw new Error('the thread went on after its end')
    // The library may have made an error of its own from it.
    if (isDead) return true
    throw error
  }
  return false
}
