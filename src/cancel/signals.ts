/*
 * Calls that wait for an AbortSignal.
 *
 * A signal gets one listener for all of them, because an EventTarget walks through all of its listeners to add or remove one.
 * It has the listener only while a call waits: on Node, a signal made by `AbortSignal.any` stays in memory as long as it has one.
 */
class Calls extends Set<() => void> {
  handleEvent(): void {
    for (const call of this) call()
    this.clear()
  }
}

const callsBySignal = new WeakMap<AbortSignal, Calls>()

/**
 * Calls once a signal is aborted; at once if it is already.
 * @returns a function that calls now, instead of then.
 */
export function callOnAbort(signal: AbortSignal, call: () => void): () => void {
  if (signal.aborted) {
    call()
    return call
  }
  const calls = callsBySignal.get(signal) ?? new Calls()
  callsBySignal.set(signal, calls)
  if (calls.size === 0) signal.addEventListener('abort', calls, { once: true })
  calls.add(call)
  return () => {
    if (calls.delete(call) && calls.size === 0) signal.removeEventListener('abort', calls)
    call()
  }
}
