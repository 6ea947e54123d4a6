/*
 * A WebAssembly kernel that counts in slots: the types of kernel.wat, and its instantiation on servers and in
 * browsers.
 */

/** A WebAssembly memory that several threads share; it can be sent to workers. */
export interface SharedMemory {
  /** A different object after the memory has grown. */
  readonly buffer: SharedArrayBuffer
  /** Adds pages of 64 KiB. Returns the number of pages before. */
  grow(pages: number): number
}

/** What the kernel exports. Slots are byte addresses in the memory. */
export interface Kernel {
  add_i32(slot: number, times: number): void
  add_i64(slot: number, times: number): void
  add_f64(slot: number, times: number): void
  /**
   * Runs the Collatz sequence of each number from `from` up to, not including, `to`. Counts in the slots
   * `numbers` (i32 or u32), `steps` (i64 or u64) and `peaks` (f64).
   */
  collatz(from: number, to: number, numbers: number, steps: number, peaks: number): void
}

// The compiler knows WebAssembly only with the DOM's types.
declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number; maximum: number; shared: true }) => SharedMemory
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

/** A memory of this many pages of 64 KiB, which can grow to twice as many. */
export const makeMemory = (pages: number): SharedMemory =>
  new WebAssembly.Memory({ initial: pages, maximum: 2 * pages, shared: true })

/** This thread's own instance of the kernel, on the shared memory. */
export function instantiate(memory: SharedMemory, bytes: Uint8Array): Kernel {
  const module = new WebAssembly.Module(bytes)
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Kernel
}
