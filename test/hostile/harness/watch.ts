// Sees every typed array that the library makes and every `Atomics` call: so this comes before the library is loaded.
// What it finds is thrown as an `Error`, which the library never throws.

/** While a public function runs on damaged memory. */
interface Watch {
  readonly buffer: SharedArrayBuffer
  /** The table's own bytes. */
  readonly start: number
  readonly end: number
  readonly maxSteps: number
  readonly maxAllocatedBytes: number
  /** Told of each step before it is taken. */
  readonly onStep?: ((step: number) => void) | undefined
}

let watch: Watch | undefined
let steps = 0
let problem: Error | undefined

function complain(what: string): never {
  problem ??= new Error(what)
  throw problem
}

function noteBytes(bytes: number): void {
  if (watch && bytes > watch.maxAllocatedBytes) complain(`took ${bytes} bytes of memory of its own`)
}

function noteView(buffer: unknown, start: number, byteLength: number): void {
  if (buffer !== watch?.buffer || !watch) return
  if (start < watch.start || start + byteLength > watch.end)
    complain(`a view of bytes ${start} to ${start + byteLength}, outside of ${watch.start} to ${watch.end}`)
}

for (const name of ['Int32', 'Uint32', 'Float32', 'Float64', 'BigInt64', 'BigUint64', 'Uint8']) {
  const scope = globalThis as unknown as { [name: string]: typeof Uint8Array }
  scope[`${name}Array`] = new Proxy(scope[`${name}Array`] as typeof Uint8Array, {
    construct(target, args: [unknown, ...unknown[]]) {
      if (typeof args[0] === 'number') noteBytes(args[0] * target.BYTES_PER_ELEMENT)
      const view = Reflect.construct(target, args)
      noteView(args[0], view.byteOffset, view.byteLength)
      return view
    },
  })
}

const elements = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array
const { slice } = elements
elements.slice = function (this: Uint8Array, ...args) {
  const start = Math.min(Math.max(0, args[0] ?? 0), this.length)
  noteBytes(Math.min(args[1] ?? this.length, this.length) - start)
  return slice.apply(this, args)
}

const methods = Atomics as unknown as { [name: string]: (...args: unknown[]) => unknown }
for (const name of ['load', 'store', 'compareExchange', 'or']) {
  const original = methods[name] as (...args: unknown[]) => unknown
  methods[name] = (...args) => {
    if (watch) {
      if (++steps > watch.maxSteps) complain(`no end after ${watch.maxSteps} steps`)
      watch.onStep?.(steps)
    }
    return original(...args)
  }
}

/** Runs with a watch; throws what that has found, even where the library has caught it. */
export function watched<R>(by: Watch, run: () => R): R {
  watch = by
  steps = 0
  problem = undefined
  try {
    return run()
  } finally {
    watch = undefined
    // biome-ignore lint/correctness/noUnsafeFinally: it comes before whatever the library made of it.
    if (problem) throw problem
  }
}
