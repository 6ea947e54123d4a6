/*
 * Runs an operation step by step, in one thread and without timing.
 *
 * A step is one access to shared memory: a call of `Atomics`, or a plain load or store of one element. What a thread
 * does between two of them affects nobody else, so to stop before every step and after the last one is to stop
 * everywhere. The library isn't changed for this. Instead, this module replaces the typed-array constructors and the
 * functions of `Atomics` that it uses: while a thread that is to be stepped through creates typed arrays over shared
 * memory, it gets proxies that report each access before they carry it out.
 */
import { directoryAddress, recordAddress } from '../../../src/memory/layout.js'
import { TYPES } from '../../../src/memory/slot-types.js'
import { dimensions } from './dimensions.js'

/** What a step does. */
export interface Access {
  /** Whether it is an attempt to publish a key. */
  readonly publishesKey?: boolean
  /** The bytes that it reads, if it writes none: from `start` to before `end`. */
  readonly reads?: { readonly start: number; readonly end: number }
}

/** Is called before each step, with its number, and once after the last step. */
export type StepListener = (step: number, access: Access) => void

type View = Int32Array<SharedArrayBuffer>
type Method = (...args: unknown[]) => unknown

/** No operation takes this many steps, so one that does would never end. */
const MAX_STEPS = 5000

/** Whether typed arrays that are created now can be stepped through. */
let createsProxies = false
let beforeStep: ((access: Access) => void) | undefined

/** The typed array behind each proxy. */
const viewBehind = new WeakMap<object, object>()

function proxyOf(view: View): View {
  const proxy = new Proxy(view, { get: read, set: write })
  viewBehind.set(proxy, view)
  return proxy
}

const WRITE: Access = {}

/** Reads an element, or `count` of them. */
const reading = (view: View, index: number, count = 1): Access => {
  const start = view.byteOffset + index * view.BYTES_PER_ELEMENT
  return { reads: { start, end: start + count * view.BYTES_PER_ELEMENT } }
}

function write(view: View, index: string | symbol, value: number): boolean {
  beforeStep?.(WRITE)
  view[Number(index)] = value
  return true
}

function read(view: View, property: string | symbol): unknown {
  if (typeof property === 'string' && /^\d/.test(property)) {
    beforeStep?.(reading(view, Number(property)))
    return view[Number(property)]
  }
  const value: unknown = Reflect.get(view, property)
  if (typeof value !== 'function') return value
  if (property === 'subarray') return (start?: number, end?: number) => proxyOf(view.subarray(start, end))
  // `fill` and `set` store element by element, in ascending order.
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
  // All other methods only read (`slice`, `some`, the iterator). The library calls them on published key records, which
  // never change again, so one step stands for all the elements.
  return (...args: unknown[]) => {
    beforeStep?.(reading(view, 0, view.length))
    return Reflect.apply(value, view, args)
  }
}

const constructorTraps: ProxyHandler<typeof Int32Array> = {
  construct(Original, args) {
    const view = Reflect.construct(Original, args) as View
    return createsProxies && view.buffer instanceof SharedArrayBuffer ? proxyOf(view) : view
  },
}
const interceptable = <A>(array: A): A => new Proxy(array as typeof Int32Array, constructorTraps) as A
for (const traits of Object.values(TYPES)) Object.assign(traits, { array: interceptable(traits.array) })
// Rows use this one for their present bytes.
globalThis.Uint8Array = interceptable(Uint8Array)

/** Whether an element belongs to the directory of keys. The table starts at the start of its buffer. */
const isInDirectory = (view: unknown, index: unknown) =>
  view instanceof Int32Array &&
  4 * Number(index) >= directoryAddress(0) &&
  4 * Number(index) < recordAddress(dimensions, 0)

const atomics = Atomics as unknown as { [name: string]: Method }
for (const name of Object.getOwnPropertyNames(Atomics)) {
  const original = atomics[name]
  if (typeof original !== 'function') continue
  atomics[name] = (view, ...args) => {
    const array = viewBehind.get(view as object)
    // Memory of a thread's own, such as the word of its fences.
    if (array === undefined) return original(view, ...args)
    if (name === 'load') beforeStep?.(reading(array as View, Number(args[0])))
    else beforeStep?.({ publishesKey: name === 'compareExchange' && isInDirectory(array, args[0]) })
    return original(array, ...args)
  }
}

/** Runs `run`. The typed arrays that it creates can be stepped through later. */
export function makeSteppable<T>(run: () => T): T {
  createsProxies = true
  try {
    return run()
  } finally {
    createsProxies = false
  }
}

/** Calls `listener` before each step of `run` and once after the last. Returns the number of steps. */
export function stepThrough(run: () => void, listener: StepListener): number {
  let steps = 0
  const pause = (access: Access) => {
    if (steps === MAX_STEPS) throw new Error(`no end after ${MAX_STEPS} steps`)
    // The listener plays other threads, whose accesses are no steps of this one.
    beforeStep = undefined
    createsProxies = false
    try {
      listener(steps, access)
    } finally {
      steps++
      createsProxies = true
      beforeStep = pause
    }
  }
  beforeStep = pause
  try {
    makeSteppable(run)
  } finally {
    beforeStep = undefined
  }
  listener(steps, {})
  return steps
}

// Created once: capturing a stack trace takes longer than many a schedule.
const CRASH = new Error('crash')

/**
 * Terminates the thread that runs `run` before the first step for which `isCrashPoint` returns true. Returns false if
 * there is no such step. The thread can't escape by catching the error: every later step throws too, so nothing more
 * reaches the shared memory.
 */
export function crash(run: () => void, isCrashPoint: (step: number, access: Access) => boolean): boolean {
  let isDead = false
  let hasReturned = false
  try {
    stepThrough(
      () => {
        run()
        hasReturned = isDead
      },
      (step, access) => {
        isDead ||= isCrashPoint(step, access)
        if (isDead) throw CRASH
      },
    )
  } catch (error) {
    if (hasReturned) throw new Error('the operation returned after its thread had crashed')
    // The error may be another one: the library may have caught ours and thrown its own.
    if (isDead) return true
    throw error
  }
  return false
}
