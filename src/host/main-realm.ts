/*
 * What all copies of this package in one thread share. Hot reloading, and the module resets of Jest and Vitest, evaluate the
 * package again and again, in Jest even in a `vm` context per test file, which must be collected afterwards. So what
 * they share is made once, in the thread's main realm, and refers to objects of a copy only weakly. If the first copy is in
 * another realm, it hands the source of `createShared` to the main realm.
 */

/** The part of `process` that is used here. */
interface ProcessLike {
  readonly versions: { readonly bun?: string; readonly deno?: string }
  getBuiltinModule(id: string): unknown
  on(event: 'worker', listener: (worker: WorkerLike) => void): unknown
}

/** The part of a `Worker` that is used here. */
interface WorkerLike {
  readonly threadId: number
  /** Null once the worker has ended; undefined on some runtimes. */
  readonly threadName?: string | null
  prependOnceListener(event: 'exit', listener: () => void): unknown
}

/** The part of `node:diagnostics_channel` that is used here. */
interface DiagnosticsChannel {
  subscribe(name: 'worker_threads', listener: (message: { readonly worker: WorkerLike }) => void): void
}

/** The part of `node:vm` that is used here. */
interface VirtualMachine {
  runInThisContext(code: string): unknown
}

/** Handlers of one copy of the package. */
interface DeathHandlers {
  announceExits(threadIds: readonly number[]): void
  releaseThreads(threadIds: readonly number[]): void
}

/** What the copies share. */
export interface MainRealm {
  /** Calls these handlers, for as long as the caller keeps them, when workers of this thread die. */
  watch(handlers: DeathHandlers): void
  /** Calls the handlers of all copies. All of them read what the dead threads left before the first frees a row. */
  report(threadIds: readonly number[]): void
  /** Copies what workers inherit, because the runtime keeps it. */
  inheritance(
    buffer: SharedArrayBuffer | undefined,
    byteOffset: number | undefined,
    parentThreadId: number,
  ): object
  /**
   * Parks waiters on a wait word. When the probes have woken half of them, and the thread's event loop turns, it parks as many
   * new ones as were woken. It takes back a probe only after the new waiter is parked, so that never fewer are parked than can
   * still be probed. Probes wake waiters in the order in which they were parked; so a callback on one of them is enough.
   * @param initial the word of this thread before the first probe.
   * @param states number of values that the word can have from there on, while it is this thread's.
   * @param probes covers the bits that count probes.
   * @returns false if the word has another value.
   */
  parkWaiters(
    count: number,
    i32: Int32Array,
    index: number,
    value: number,
    initial: number,
    states: number,
    probes: number,
  ): boolean
}

// Node's channel works where a copy of `process`, as in Jest, emits nothing. Bun and Deno publish nothing there.
// A worker's id must be read before its `exit` event, where it is −1. Deno may announce a worker after its end: such a worker
// has no name any more, and emits no `exit`.
/**
 * Makes what copies share. It refers to nothing outside itself but globals, because its source runs in the main realm.
 * @param process the runtime's own, not a copy.
 */
function createShared(process: ProcessLike): MainRealm {
  const copies = new Set<WeakRef<DeathHandlers>>()
  const report = (threadIds: readonly number[]) => {
    const found: DeathHandlers[] = []
    for (const copy of copies) {
      const handlers = copy.deref()
      if (handlers) found.push(handlers)
      else copies.delete(copy)
    }
    for (const handlers of found) handlers.announceExits(threadIds)
    for (const handlers of found) handlers.releaseThreads(threadIds)
  }
  const onWorker = (worker: WorkerLike) => {
    const { threadId, threadName } = worker
    if (threadName === null) report([threadId])
    else worker.prependOnceListener('exit', () => report([threadId]))
  }
  let isListening = false
  const listen = () => {
    isListening = true
    const { bun, deno } = process.versions
    if (bun || deno) process.on('worker', onWorker)
    else {
      const { subscribe } = process.getBuiltinModule('node:diagnostics_channel') as DiagnosticsChannel
      subscribe('worker_threads', ({ worker }) => onWorker(worker))
    }
  }
  return {
    report,
    watch(handlers) {
      if (!isListening) listen()
      copies.add(new WeakRef(handlers))
    },
    inheritance(buffer, byteOffset, parentThreadId) {
      const isForeign = buffer && !(buffer instanceof SharedArrayBuffer)
      return { buffer: isForeign ? structuredClone(buffer) : buffer, byteOffset, parentThreadId }
    },
    parkWaiters(count, i32, index, value, initial, states, probes) {
      const view = new WeakRef(i32)
      const load = (i32: Int32Array) => {
        const word = Atomics.load(i32, index)
        return word >= initial && word < initial + states ? word : 0
      }
      const park = (i32: Int32Array, value: number, callback?: () => void) => {
        const wait = Atomics.waitAsync(i32, index, value)
        if (wait.async && callback) wait.value.then(callback)
        return wait.async
      }
      const replace = () => {
        const i32 = view.deref()
        if (!i32) return
        let callback: (() => void) | undefined = replace
        let word: number
        do {
          do word = load(i32)
          while (word && !park(i32, word, callback))
          callback = undefined
          do word = load(i32)
          while (word & probes && Atomics.compareExchange(i32, index, word, word - 1) !== word)
        } while (load(i32) & probes)
      }
      for (let i = 0; i < count; i++) {
        if (!park(i32, value, i === count >> 1 ? replace : undefined)) return false
      }
      return true
    },
  }
}

/** Bump this when the meaning of what is shared changes: several versions of this package may share a thread. */
const KEY = 'threadslots/main-realm/1'

/** What the copies in this thread share. Not called on import, which has no effects. */
export function findMainRealm(process: ProcessLike): MainRealm {
  // A module of the runtime is an object of the main realm.
  const threads = process.getBuiltinModule('node:worker_threads') as object
  if (threads.constructor === Object) return findShared(KEY, createShared, process)
  // Compiling text takes half a millisecond, so only copies in other realms do it.
  const { runInThisContext } = process.getBuiltinModule('node:vm') as VirtualMachine
  return runInThisContext(`(${findShared})('${KEY}', ${createShared}, process)`) as MainRealm
}

function findShared(key: string, create: typeof createShared, process: ProcessLike): MainRealm {
  const registry = globalThis as unknown as { [key: symbol]: MainRealm | undefined }
  const symbol = Symbol.for(key)
  const shared = registry[symbol] ?? create(process)
  registry[symbol] = shared
  return shared
}
