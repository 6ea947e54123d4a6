/*
 * Whether a thread has ended, found without its help: it waits, asynchronously, and who looks for life in it wakes one of
 * its waits. They go with the thread, but not before its last instruction. So if there is none left to wake, though fewer
 * were woken than it began, it has ended.
 *
 *   wait word, i32:  (thread id + 1) × 128 + 64 while its page is away + how often it was asked; 0 once it is known to
 *                    have ended; negative while its waits begin
 *
 * The words lie in the control blocks of rows, one after the other by thread id, whosever the rows are. When all are
 * used, threads take those of threads that are known to have ended, and of others only if they find none: two threads'
 * waits on one word can't be told apart, and a thread that has ended would seem to live for as long as the other one.
 */
import { SlotTable } from '../index.js'
import { type Memory, RECORD_BYTES, ROW_WAITS, WAITS_PER_ROW } from '../memory/layout.js'

const WAITS = 128
/**
 * In a word, added while its thread's page is away. So threads are asked less than half as often as they wait: the other
 * waits are for those that ask just when a word changes hands.
 */
const AWAY = 64
const MOST_ASKS: number = AWAY - 1

/** Not everywhere yet. */
const { waitAsync } = Atomics as Partial<typeof Atomics>

/** From a row's start to the next one's, which comes with a record. */
function rowStrideOf({ maxThreads, rowBytes, maxKeys, byteLength }: Memory): number {
  return byteLength - SlotTable.byteLength({ maxThreads: maxThreads - 1, rowBytes, maxKeys }) - RECORD_BYTES
}

const wordsOf = ({ maxThreads }: Memory): number => maxThreads * WAITS_PER_ROW

/** An index of `memory.i32`. Not in a table of one row, where no two threads can be. */
function wordOf(memory: Memory, threadId: number): number {
  const i = threadId % wordsOf(memory)
  const row = Math.floor(i / WAITS_PER_ROW)
  // The last row ends with the table.
  const address = memory.byteLength - (memory.maxThreads - row) * rowStrideOf(memory) + ROW_WAITS
  return address / 4 + (i % WAITS_PER_ROW)
}

/** What a thread's word holds at first. From 2²⁴ threads on it does not fit, and nobody knows of them. */
const firstOf = (threadId: number): number => (threadId + 1) * WAITS

/**
 * A thread calls it for itself, before anybody may look for life in it.
 * @param isLast takes the word of a thread that may still run, too.
 * @returns false if the word is another thread's. An id that has another word is needed then.
 */
export function beginWaits(memory: Memory, threadId: number, isLast = false): boolean {
  if (!waitAsync || memory.maxThreads === 1) return true
  const { i32 } = memory
  const word = wordOf(memory, threadId)
  const first = firstOf(threadId)
  // Nobody may ask before all have begun: that would keep the others from beginning.
  if (isLast) Atomics.store(i32, word, -first)
  else if (Atomics.compareExchange(i32, word, 0, -first) !== 0) return false
  for (let i = 0; i < WAITS; i++) {
    // Another thread has just taken the word for itself.
    if (!waitAsync(i32, word, -first).async) return true
  }
  Atomics.store(i32, word, first)
  return true
}

/** A thread's word, without its id: 0 to 127. Undefined if the word is not its own. */
function stateOf(memory: Memory, threadId: number): number | undefined {
  if (memory.maxThreads === 1) return undefined
  const state = Atomics.load(memory.i32, wordOf(memory, threadId)) - firstOf(threadId)
  return state >= 0 && state < WAITS ? state : undefined
}

/** Changes a thread's word, if nobody else has. */
function swap(memory: Memory, threadId: number, state: number, replacement: number): boolean {
  const found = firstOf(threadId) + state
  return Atomics.compareExchange(memory.i32, wordOf(memory, threadId), found, replacement) === found
}

/** How often a thread was asked, by all supervisors together; undefined if nobody knows, or too often. */
export function asksOf(memory: Memory, threadId: number): number | undefined {
  const asks = (stateOf(memory, threadId) ?? -1) % AWAY
  return asks >= 0 && asks < MOST_ASKS ? asks : undefined
}

/**
 * True if a thread has ended; false if it runs, or if nobody knows, or if it was asked since `asks` was read. To be asked
 * some dozens of times at most.
 */
export function hasEnded(
  memory: Memory,
  threadId: number,
  asks: number | undefined = asksOf(memory, threadId),
): boolean {
  const state = stateOf(memory, threadId)
  if (state === undefined || state % AWAY !== asks || asks === MOST_ASKS) return false
  // First it is noted, so that never more are woken than noted.
  if (!swap(memory, threadId, state, firstOf(threadId) + state + 1)) return false
  return Atomics.notify(memory.i32, wordOf(memory, threadId), 1) === 0
}

/** For a thread that is known to have ended: nobody need look for life in it again, and its word is free. */
export function endWaits(memory: Memory, threadId: number): void {
  // Anew, if another supervisor has just asked.
  for (let state = stateOf(memory, threadId); state !== undefined; state = stateOf(memory, threadId)) {
    swap(memory, threadId, state, 0)
  }
}

/** A page says it of itself: it may come back, whatever else is seen of it. Or it is back. Or it is known to have ended. */
export function setAway(memory: Memory, threadId: number, isSo: boolean): void {
  if (stateOf(memory, threadId) === undefined) return
  const word = wordOf(memory, threadId)
  if (isSo) Atomics.or(memory.i32, word, AWAY)
  else Atomics.and(memory.i32, word, ~AWAY)
}

/** True if a thread's page is away. False, too, if nobody knows. */
export const isAway = (memory: Memory, threadId: number): boolean => (stateOf(memory, threadId) ?? 0) >= AWAY

/** Threads of which `hasEnded` knows, and that nobody has found to have ended. */
export function waitingThreads(memory: Memory): number[] {
  if (memory.maxThreads === 1) return []
  // The ids that the words are of.
  return Array.from({ length: wordsOf(memory) }, (_, i) => {
    return Math.floor(Atomics.load(memory.i32, wordOf(memory, i)) / WAITS) - 1
  }).filter(threadId => threadId >= 0 && asksOf(memory, threadId) !== undefined)
}
