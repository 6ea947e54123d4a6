/*
 * Detects a thread's death without its cooperation. Each thread parks asynchronous waiters (`Atomics.waitAsync`); a probe
 * wakes one of them. The waiters disappear with the thread, though not before its last instruction. So a thread is dead if
 * a probe finds no waiter to wake although fewer were woken than the thread had parked.
 *
 *   wait word, i32:  (thread id + 1) × 128 + 64 while its page is suspended + number of probes so far
 *                    0 once the thread is known to be dead; negative while its waiters are being parked
 *
 * The words lie in the control blocks of rows, one after the other by thread id, whoever owns the rows. When all are in
 * use, threads take over the words of threads that are known to be dead, and those of other threads only if they find none:
 * the waiters of two threads on one word can't be told apart, and a dead thread would seem to live as long as the other.
 */
import { internal, type Memory } from '../index.js'

const WAITERS = 128
/** Added to a word while the thread's page is suspended. */
const SUSPENDED = 64
/**
 * A thread is probed less than half as often as it has waiters. The other waiters are for supervisors that probe just when
 * a word changes hands.
 */
const MAX_PROBES: number = SUSPENDED - 1

/** Missing in some browsers. */
const { waitAsync } = Atomics as Partial<typeof Atomics>

/** Index of a thread's wait word in `memory.i32`. */
const wordIndex = (memory: Memory, threadId: number): number =>
  internal.waitWordAddress(memory, threadId % internal.waitWordCount(memory)) / 4

/** A table with one row has no two threads, so its words stay unused. */
const hasWords = ({ maxThreads }: Memory): boolean => maxThreads > 1

/** A thread's word before the first probe. Ids from 2²⁴ upwards don't fit and can't be probed. */
const initialWord = (threadId: number): number => (threadId + 1) * WAITERS

/**
 * Parks this thread's waiters. The thread calls it for itself, before anybody may probe it.
 * @param isLastTry takes the word even of a thread that may still run.
 * @returns false if another thread has the word; then this thread needs an id with another word.
 */
export function parkWaiters(memory: Memory, threadId: number, isLastTry = false): boolean {
  if (!waitAsync || !hasWords(memory)) return true
  const { i32 } = memory
  const index = wordIndex(memory, threadId)
  const initial = initialWord(threadId)
  // A negative word forbids probes: a probe now would keep the remaining waiters from parking.
  if (isLastTry) Atomics.store(i32, index, -initial)
  else if (Atomics.compareExchange(i32, index, 0, -initial) !== 0) return false
  for (let i = 0; i < WAITERS; i++) {
    // The word has changed: another thread has just taken it.
    if (!waitAsync(i32, index, -initial).async) return true
  }
  Atomics.store(i32, index, initial)
  return true
}

/** A thread's word without the id, 0 to 127; undefined if the word is not the thread's. */
function stateOf(memory: Memory, threadId: number): number | undefined {
  if (!hasWords(memory)) return undefined
  const state = Atomics.load(memory.i32, wordIndex(memory, threadId)) - initialWord(threadId)
  return state >= 0 && state < WAITERS ? state : undefined
}

/** Replaces a thread's word if it is still in this state. */
function replaceWord(memory: Memory, threadId: number, state: number, replacement: number): boolean {
  const expected = initialWord(threadId) + state
  return Atomics.compareExchange(memory.i32, wordIndex(memory, threadId), expected, replacement) === expected
}

/** Number of probes so far, across all supervisors; undefined if unknown, or if no probes are left. */
export function probeCount(memory: Memory, threadId: number): number | undefined {
  const state = stateOf(memory, threadId)
  if (state === undefined) return undefined
  const probes = state % SUSPENDED
  return probes < MAX_PROBES ? probes : undefined
}

/**
 * Probes a thread, which uses up one of some sixty probes.
 * @param expectedProbes the number of probes that the caller has seen; if another supervisor has probed since, nothing is
 * done.
 * @returns true if the thread is dead; false if it is alive, or if nothing is known.
 */
export function isDead(
  memory: Memory,
  threadId: number,
  expectedProbes: number | undefined = probeCount(memory, threadId),
): boolean {
  const state = stateOf(memory, threadId)
  if (state === undefined || state % SUSPENDED !== expectedProbes || expectedProbes === MAX_PROBES)
    return false
  // Count the probe before waking a waiter, so that never more are woken than counted.
  if (!replaceWord(memory, threadId, state, initialWord(threadId) + state + 1)) return false
  return Atomics.notify(memory.i32, wordIndex(memory, threadId), 1) === 0
}

/** Frees the word of a thread that is known to be dead, so that nobody probes it again. */
export function freeWord(memory: Memory, threadId: number): void {
  // Another supervisor's probe may change the word in between.
  for (let state = stateOf(memory, threadId); state !== undefined; state = stateOf(memory, threadId)) {
    replaceWord(memory, threadId, state, 0)
  }
}

/**
 * Marks a thread's page as suspended, or not. A suspended page may come back, whatever else is seen of it. The page calls
 * it for itself; a supervisor calls it for a thread that it knows to be dead.
 */
export function setSuspended(memory: Memory, threadId: number, isSuspended: boolean): void {
  if (stateOf(memory, threadId) === undefined) return
  const index = wordIndex(memory, threadId)
  if (isSuspended) Atomics.or(memory.i32, index, SUSPENDED)
  else Atomics.and(memory.i32, index, ~SUSPENDED)
}

/** True if a thread's page is suspended; false if it isn't, or if nothing is known. */
export const isSuspended = (memory: Memory, threadId: number): boolean =>
  (stateOf(memory, threadId) ?? 0) >= SUSPENDED

/** Ids of the threads that can be probed, and that nobody has found dead. */
export function probeableThreads(memory: Memory): number[] {
  if (!hasWords(memory)) return []
  const words = Array.from({ length: internal.waitWordCount(memory) }, (_, wordId) =>
    Atomics.load(memory.i32, internal.waitWordAddress(memory, wordId) / 4),
  )
  return words
    .map(word => Math.floor(word / WAITERS) - 1)
    .filter(threadId => threadId >= 0 && probeCount(memory, threadId) !== undefined)
}
