/*
 * What a ticket's bits mean, and where the thread that issued it says whether its run goes on.
 *
 *   ticket   generation · word · bit · threadId · width
 *                             4 bits   width bits  5 bits
 *                      12 bits
 *            up to 32 bits: what is left of the 53 that a number holds
 *
 * Each thread has up to 4,096 words in slots of its own, 8 bytes each: a generation, and a bit for each of 16 runs, which is
 * set while the run goes on. Once all 16 are over, the word serves the next generation. So a ticket never comes back: Node's
 * main thread, whose id is 0 and takes no bits, could issue a million per second for 8 years.
 */
import { internal } from '../index.js'

/** Runs that share a word. */
export const RUNS_PER_WORD = 16
/** One generation of a word, whose low 16 bits are its runs'. */
export const GENERATION: number = 2 ** RUNS_PER_WORD
/** Words come in chunks, each of which is a key of its own. */
export const WORDS_PER_CHUNK = 256
export const CHUNK_BYTES: number = 8 * WORDS_PER_CHUNK
export const CHUNKS = 16
const WORDS: number = WORDS_PER_CHUNK * CHUNKS
/** What a ticket's width counts up to. */
const WIDTHS = 32

/** The name of a chunk's key. Monitors don't show keys with such names. */
export const chunkName = (chunk: number): string => `threadslots.runs${chunk}`

/** Where a run is: its thread, that thread's word, the word's generation (from 1), and the run's bit in it (from 0 to 15). */
export interface Place {
  readonly threadId: number
  readonly word: number
  readonly generation: number
  readonly bit: number
}

/** Bits of a thread id. */
const widthOf = (threadId: number): number => 32 - Math.clz32(threadId)

/** What the part of a ticket above a thread id of this width counts in. */
const unitOf = (width: number): number => WIDTHS * ((1 << width) >>> 0)

/** The ticket of a place. It isn't a safe integer if a word has had all the generations for which there are tickets. */
export function encode({ threadId, word, generation, bit }: Place): number {
  const width = widthOf(threadId)
  return ((generation * WORDS + word) * RUNS_PER_WORD + bit) * unitOf(width) + threadId * WIDTHS + width
}

/**
 * The place of a ticket.
 * @throws {TypeError} if it is not a number.
 * @throws {RangeError} if no run can have it.
 */
export function decode(ticket: number): Place {
  const use = 'one from cancellable()'
  if (typeof ticket !== 'number') throw internal.wrongType('the ticket', ticket, use)
  // `&` takes the low bits of a number of any size.
  const width = ticket & (WIDTHS - 1)
  const unit = unitOf(width)
  const serial = Math.floor(ticket / unit)
  const place = {
    threadId: (ticket / WIDTHS) & (unit / WIDTHS - 1),
    word: (serial / RUNS_PER_WORD) & (WORDS - 1),
    generation: Math.floor(serial / (RUNS_PER_WORD * WORDS)),
    bit: serial & (RUNS_PER_WORD - 1),
  }
  if (place.generation > 0 && Number.isSafeInteger(ticket) && widthOf(place.threadId) === width) return place
  throw internal.outOfRange('the ticket', ticket, use)
}

export const generationOf = (word: number): number => Math.floor(word / GENERATION)

/** True while the run at a place goes on, given its word. */
export const isAlive = (word: number, { generation, bit }: Place): boolean =>
  generationOf(word) === generation && (word & (1 << bit)) !== 0
