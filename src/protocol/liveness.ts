/*
 * Detects a thread's death without its cooperation. Each thread parks asynchronous waiters (`Atomics.waitAsync`); a probe
 * wakes one of them. The waiters disappear with the thread, though not before its last instruction. So a thread is dead if
 * a probe finds no waiter to wake although fewer were woken than the thread had parked. No event loop has to turn for that,
 * neither the thread's nor the prober's.
 *
 *   wait word, i32:  (thread id + 1) × 512 + 128 × probes in progress, 0 to 3
 *                    + 64 while the thread's page is suspended + number of probes so far
 *                    0 once the thread is known to be dead; negative while its waiters are being parked
 *
 * The words lie in the control blocks of rows, one after the other by thread id, whoever owns the rows. A thread that finds
 * its word in use takes one of the next few. The hazard is a word that changes hands between the count of a probe and the
 * wake: the wake would then cost the new thread a waiter that no count covers. So a word isn't freed while a probe is in
 * progress. If the prober dies just then, the word is never used again.
 */
import { host } from '../host/current.js'
import { type Memory, waitWordAddress, waitWordCount } from '../memory/layout.js'

/** A thread's word has so many values. */
const STATES = 512
/** Added for each probe in progress. */
const IN_PROGRESS = 128
/** Added while the thread's page is suspended. */
const SUSPENDED = 64
const MAX_PROBES: number = SUSPENDED - 1
/** A thread has one of this many words, starting with that of its id. */
const NEIGHBOURS = 4

/** Words can be waited on in shared memory only. Not by `instanceof`, which fails for buffers of another realm. */
const isShared = ({ buffer }: Memory): boolean => buffer[Symbol.toStringTag] === 'SharedArrayBuffer'

/** Larger ids don't fit into a word. */
const MAX_PROBEABLE_ID: number = 2 ** 31 / STATES - 2

/** A thread's word before the first probe. */
const initialWord = (threadId: number): number => (threadId + 1) * STATES

/** The thread whose word it is; negative if it is nobody's. */
const threadOf = (word: number): number => Math.floor(word / STATES) - 1

/** Index in `memory.i32` of the i-th word that a thread may have. */
const wordIndex = (memory: Memory, threadId: number, i: number): number =>
  waitWordAddress(memory, (threadId + i) % waitWordCount(memory)) / 4

/** The thread's word, and its index in `memory.i32`; undefined if it has none. */
function findWord(memory: Memory, threadId: number): { index: number; word: number } | undefined {
  for (let i = 0; i < NEIGHBOURS; i++) {
    const index = wordIndex(memory, threadId, i)
    const word = Atomics.load(memory.i32, index)
    if (threadOf(word) === threadId) return { index, word }
  }
  return undefined
}

/** Marks a free word as one whose waiters are being parked. Returns its index; undefined if none is free. */
function takeFreeWord(memory: Memory, threadId: number): number | undefined {
  for (let i = 0; i < NEIGHBOURS; i++) {
    const index = wordIndex(memory, threadId, i)
    if (Atomics.compareExchange(memory.i32, index, 0, -initialWord(threadId)) === 0) return index
  }
  return undefined
}

/** Frees the words of dead threads among those that a thread may have. They died without owning anything else. */
function freeNeighbours(memory: Memory, threadId: number): void {
  for (let i = 0; i < NEIGHBOURS; i++) {
    const other = threadOf(Atomics.load(memory.i32, wordIndex(memory, threadId, i)))
    if (other >= 0 && isDead(memory, other)) freeWord(memory, other)
  }
}

/**
 * Parks this thread's waiters. The thread calls it for itself, before anybody may probe it. A crash in the middle leaves a
 * word that is never used again.
 * @param isLastTry takes the word even of a thread that may still run: that one can't be probed any more.
 * @returns false if other threads have the words; then this thread can't be probed.
 */
export function parkWaiters(memory: Memory, threadId: number, isLastTry = false): boolean {
  const { i32 } = memory
  if (host.waiters === 0 || !isShared(memory) || threadId > MAX_PROBEABLE_ID) return true
  const initial = initialWord(threadId)
  let index = takeFreeWord(memory, threadId)
  if (index === undefined && host.canSweep) {
    freeNeighbours(memory, threadId)
    index = takeFreeWord(memory, threadId)
  }
  if (index === undefined && isLastTry) {
    index = wordIndex(memory, threadId, 0)
    Atomics.store(i32, index, -initial)
  }
  if (index === undefined) return false
  // A negative word forbids probes: a probe now would keep the remaining waiters from parking.
  const isParked = host.parkWaiters(host.waiters, i32, index, -initial, initial, STATES, MAX_PROBES)
  // Otherwise the word has changed: another thread has just taken it.
  if (isParked) Atomics.store(i32, index, initial)
  return true
}

/**
 * Makes a thread that is about to own something in a table probeable, unless it is already. Threads with an id given by hand
 * stay as they are: several of them may be one thread of the runtime, and end at another time than that.
 */
export function ensureProbeable(memory: Memory, threadId: number): void {
  if (host.canSweep && threadId === host.threadId(memory) && findWord(memory, threadId) === undefined)
    parkWaiters(memory, threadId)
}

/** A thread's word without the id, 0 to 511; undefined if it has no word. */
function stateOf(memory: Memory, threadId: number): number | undefined {
  const found = findWord(memory, threadId)
  return found && found.word - initialWord(threadId)
}

/**
 * Replaces the word of a thread by one that follows from its state.
 * @param replace returns undefined to leave the word alone.
 * @returns the word's index if it has been replaced.
 */
function updateWord(
  memory: Memory,
  threadId: number,
  replace: (state: number) => number | undefined,
): number | undefined {
  const index = findWord(memory, threadId)?.index
  if (index === undefined) return undefined
  // Others may change the word at the same time.
  for (;;) {
    const word = Atomics.load(memory.i32, index)
    const replacement = threadOf(word) === threadId ? replace(word - initialWord(threadId)) : undefined
    if (replacement === undefined) return undefined
    if (Atomics.compareExchange(memory.i32, index, word, replacement) === word) return index
  }
}

/** Number of probes so far that no new waiter has made up for; undefined if unknown, or if no probes are left. */
export function probeCount(memory: Memory, threadId: number): number | undefined {
  const state = stateOf(memory, threadId)
  if (state === undefined) return undefined
  const probes = state % SUSPENDED
  return probes < probeLimit() ? probes : undefined
}

/** A host with more waiters has them in reserve, for threads whose word was taken over. */
const probeLimit = (): number => Math.min(host.waiters, MAX_PROBES)

/**
 * Probes a thread, which uses up one of its waiters.
 * @param expectedProbes if given, nothing is done unless the thread was probed exactly so often.
 * @returns true if the thread is dead; false if it is alive, or if nothing is known.
 */
export function isDead(memory: Memory, threadId: number, expectedProbes?: number): boolean {
  // Count the probe before waking a waiter, so that never more are woken than counted.
  const index = updateWord(memory, threadId, state => {
    const probes = state % SUSPENDED
    const isAllowed = probes < probeLimit() && state < STATES - IN_PROGRESS
    if (!isAllowed || (expectedProbes ?? probes) !== probes) return undefined
    return initialWord(threadId) + state + IN_PROGRESS + 1
  })
  if (index === undefined) return false
  const isDead = Atomics.notify(memory.i32, index, 1) === 0
  updateWord(memory, threadId, state => initialWord(threadId) + state - IN_PROGRESS)
  return isDead
}

/** Frees the word of a thread that is known to be dead, so that nobody probes it again, and others can have it. */
export function freeWord(memory: Memory, threadId: number): void {
  // While a probe is in progress, the word stays. Whoever probes finds the thread dead as well, unless the probe woke a waiter
  // just before the death; then a thread that needs the word frees it.
  updateWord(memory, threadId, state => (state < IN_PROGRESS ? 0 : undefined))
}

/**
 * Marks a thread's page as suspended, or not. A suspended page may come back, whatever else is seen of it. The page calls
 * it for itself; a supervisor calls it for a thread that it knows to be dead.
 */
export function setSuspended(memory: Memory, threadId: number, isSuspended: boolean): void {
  updateWord(memory, threadId, state => {
    const others = state & ~SUSPENDED
    return initialWord(threadId) + others + (isSuspended ? SUSPENDED : 0)
  })
}

/** True if a thread's page is suspended; false if it isn't, or if nothing is known. */
export const isSuspended = (memory: Memory, threadId: number): boolean =>
  ((stateOf(memory, threadId) ?? 0) & SUSPENDED) !== 0

/** Ids of the threads that can be probed, and that nobody has found dead. */
export function probeableThreads(memory: Memory): number[] {
  return Array.from({ length: waitWordCount(memory) }, (_, wordId) =>
    threadOf(Atomics.load(memory.i32, waitWordAddress(memory, wordId) / 4)),
  ).filter(threadId => threadId >= 0 && probeCount(memory, threadId) !== undefined)
}
