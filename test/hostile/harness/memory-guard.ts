// Observes every typed array that the library creates and every `Atomics` call that it makes, and enforces limits on
// them. It must be imported before the library. Violations are thrown as plain `Error`s, a class the library never throws.

/** What a public function may do while it runs on damaged memory. */
interface Limits {
  readonly buffer: SharedArrayBuffer
  /** The table's own bytes. */
  readonly start: number
  readonly end: number
  readonly maxSteps: number
  readonly maxAllocatedBytes: number
  /** Is called before each access through `Atomics`, with its number. */
  readonly onStep?: ((step: number) => void) | undefined
}

let limits: Limits | undefined
let steps = 0
let violation: Error | undefined

function reportViolation(what: string): never {
  violation ??= new Error(what)
  throw violation
}

function checkAllocation(bytes: number): void {
  if (limits && bytes > limits.maxAllocatedBytes) reportViolation(`allocated ${bytes} bytes`)
}

function checkView(buffer: unknown, start: number, byteLength: number): void {
  // A view of no bytes accesses nothing, wherever it is.
  if (buffer !== limits?.buffer || !limits || byteLength === 0) return
  if (start < limits.start || start + byteLength > limits.end)
    reportViolation(
      `created a view of bytes ${start} to ${start + byteLength}, but the table is at ${limits.start} to ${limits.end}`,
    )
}

for (const name of ['Int32', 'Uint32', 'Float32', 'Float64', 'BigInt64', 'BigUint64', 'Uint8']) {
  const scope = globalThis as unknown as { [name: string]: typeof Uint8Array }
  scope[`${name}Array`] = new Proxy(scope[`${name}Array`] as typeof Uint8Array, {
    construct(target, args: [unknown, ...unknown[]]) {
      if (typeof args[0] === 'number') checkAllocation(args[0] * target.BYTES_PER_ELEMENT)
      const view = Reflect.construct(target, args)
      checkView(args[0], view.byteOffset, view.byteLength)
      return view
    },
  })
}

const elements = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array
const { slice } = elements
elements.slice = function (this: Uint8Array, ...args) {
  const start = Math.min(Math.max(0, args[0] ?? 0), this.length)
  checkAllocation(Math.min(args[1] ?? this.length, this.length) - start)
  return slice.apply(this, args)
}

const methods = Atomics as unknown as { [name: string]: (...args: unknown[]) => unknown }
for (const name of ['load', 'store', 'compareExchange', 'or', 'notify']) {
  const original = methods[name] as (...args: unknown[]) => unknown
  methods[name] = (...args) => {
    if (limits) {
      if (++steps > limits.maxSteps) reportViolation(`no end after ${limits.maxSteps} steps`)
      limits.onStep?.(steps)
    }
    return original(...args)
  }
}

// Waiters would stay parked on thousands of tables. So nobody is really parked, and every probe finds its thread dead.
const { waitAsync } = methods
methods.waitAsync = (...args) => {
  if (!limits) return waitAsync?.(...args)
  const [view, index, value] = args as [Int32Array, number, number]
  const isParked = Atomics.load(view, index) === value
  return { async: isParked, value: isParked ? new Promise(() => {}) : 'not-equal' }
}

/** Runs within limits. Throws the first violation, even if the library has caught it. */
export function guarded<R>(givenLimits: Limits, run: () => R): R {
  limits = givenLimits
  steps = 0
  violation = undefined
  try {
    return run()
  } finally {
    limits = undefined
    // biome-ignore lint/correctness/noUnsafeFinally: a violation takes precedence over what the library made of it.
    if (violation) throw violation
  }
}
