/*
 * What all copies of this package in one thread share. Hot reloading, and the module resets of Jest and Vitest, evaluate the
 * package again and again, in Jest even in a `vm` context per test file, which must be collected afterwards. So the code below
 * runs once, in the thread's main realm, and refers to objects of a copy only weakly.
 *
 * It is text because a function would belong to the realm of its copy, and because compilers may insert calls of their own
 * helpers into functions.
 */

/** Handlers of one copy of the package. */
interface DeathHandlers {
  announceExits(threadIds: readonly number[]): void
  releaseThreads(threadIds: readonly number[]): void
}

/** What the text evaluates to, in every copy the same. */
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
/** Bump the version in it when the meaning of what is shared changes: several versions of this package may share a thread. */
export const MAIN_REALM = `globalThis[Symbol.for('threadslots/main-realm/1')] ??= (() => {
  const copies = new Set()
  const report = threadIds => {
    const found = []
    for (const copy of copies) {
      const handlers = copy.deref()
      if (handlers) found.push(handlers)
      else copies.delete(copy)
    }
    for (const handlers of found) handlers.announceExits(threadIds)
    for (const handlers of found) handlers.releaseThreads(threadIds)
  }
  const onWorker = worker => {
    const { threadId, threadName } = worker
    if (threadName === null) report([threadId])
    else worker.prependOnceListener('exit', () => report([threadId]))
  }
  const listen = () => {
    const { bun, deno } = process.versions
    if (bun || deno) return process.on('worker', onWorker)
    const { subscribe } = process.getBuiltinModule('node:diagnostics_channel')
    subscribe('worker_threads', ({ worker }) => onWorker(worker))
  }
  let isListening = false
  const watch = handlers => {
    if (!isListening) listen()
    isListening = true
    copies.add(new WeakRef(handlers))
  }
  const parkWaiters = (count, i32, index, value, initial, states, probes) => {
    const view = new WeakRef(i32)
    const load = i32 => {
      const word = Atomics.load(i32, index)
      return word >= initial && word < initial + states ? word : 0
    }
    const park = (i32, value, callback) => {
      const { async: isParked, value: woken } = Atomics.waitAsync(i32, index, value)
      if (isParked && callback) woken.then(callback)
      return isParked
    }
    const replace = () => {
      const i32 = view.deref()
      if (!i32) return
      let callback = replace
      do {
        let word = load(i32)
        while (word && !park(i32, word, callback)) word = load(i32)
        callback = undefined
        do word = load(i32)
        while (word & probes && Atomics.compareExchange(i32, index, word, word - 1) !== word)
      } while (load(i32) & probes)
    }
    for (let i = 0; i < count; i++) {
      if (!park(i32, value, i === count >> 1 ? replace : undefined)) return false
    }
    return true
  }
  const inheritance = (buffer, byteOffset, parentThreadId) => {
    const isForeign = buffer && !(buffer instanceof SharedArrayBuffer)
    return { buffer: isForeign ? structuredClone(buffer) : buffer, byteOffset, parentThreadId }
  }
  return { inheritance, parkWaiters, report, watch }
})()`
