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
  /**
   * Parks a waiter on a wait word. When it is woken by a probe, and the thread's event loop turns, it parks another one, and
   * only then takes back the probe, so that never fewer waiters are parked than can still be probed.
   * @param initial the word of this thread before the first probe.
   * @param states number of values that the word can have from there on, while it is this thread's.
   * @param probes covers the bits that count probes.
   * @returns false if the word has another value.
   */
  parkWaiter(
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
  const parkWaiter = (i32, index, value, initial, states, probes) => {
    const { async: isParked, value: woken } = Atomics.waitAsync(i32, index, value)
    if (!isParked) return false
    const view = new WeakRef(i32)
    woken.then(() => {
      const i32 = view.deref()
      const load = () => {
        const word = i32 ? Atomics.load(i32, index) : 0
        return word >= initial && word < initial + states && word
      }
      let word = load()
      while (word && !parkWaiter(i32, index, word, initial, states, probes)) word = load()
      do word = load()
      while (word & probes && Atomics.compareExchange(i32, index, word, word - 1) !== word)
    })
    return true
  }
  return { parkWaiter, report, watch }
})()`
