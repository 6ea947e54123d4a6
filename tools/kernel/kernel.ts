/*
 * A native kernel that counts in slots: kernel.wat, as compiled by the build. On servers and in browsers.
 */

/** Memory of WebAssembly modules in several threads; it can be sent to workers. */
export interface SharedMemory {
  /** Another object once the memory has grown. */
  readonly buffer: SharedArrayBuffer
  /** By so many pages of 64 KiB. Returns how many there were. */
  grow(pages: number): number
}

/** Slots are given as byte addresses in the memory. */
export interface Kernel {
  add_i32(slot: number, times: number): void
  add_i64(slot: number, times: number): void
  add_f64(slot: number, times: number): void
  /** The numbers from `from` to below `to`, and the slots of types i32 or u32, i64 or u64, and f64. */
  collatz(from: number, to: number, numbers: number, steps: number, peaks: number): void
}

// Not among the types of a program without a DOM.
declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number; maximum: number; shared: true }) => SharedMemory
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

/** Pages of 64 KiB; it can grow to twice as many. */
export const makeMemory = (pages: number): SharedMemory =>
  new WebAssembly.Memory({ initial: pages, maximum: 2 * pages, shared: true })

/** This thread's instance. */
export function instantiate(memory: SharedMemory, bytes: Uint8Array): Kernel {
  const module = new WebAssembly.Module(bytes)
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Kernel
}
