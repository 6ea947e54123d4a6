/*
 * The runs of the thread that issues their tickets: words in this thread's row.
 *
 * Whatever must be known about a word is in the word. So several copies of this module in one thread, as test runners load
 * them, share the words without knowing each other. Each change is one store of 8 bytes, which others see whole or not at all.
 */
import type { SlotTable } from '../index.js'
import {
  CHUNK_BYTES,
  CHUNKS,
  chunkName,
  decode,
  encode,
  GENERATION,
  generationOf,
  isAlive,
  type Place,
  RUNS_PER_WORD,
  WORDS_PER_CHUNK,
} from './tickets.js'

export class OwnRuns {
  readonly #table: SlotTable
  readonly #chunks: Float64Array[] = []
  /** The place of the latest run. The next one takes the next bit, as long as the word is still of that generation. */
  #latest: Place

  constructor(table: SlotTable) {
    this.#table = table
    this.#latest = { threadId: table.threadId, word: -1, generation: 0, bit: RUNS_PER_WORD - 1 }
  }

  /**
   * Starts a run.
   * @returns its ticket.
   * @throws {RangeError} if there is no room for another run, or this thread has issued all of its tickets.
   */
  issue(): number {
    const { threadId, word, generation, bit } = this.#latest
    const hasRoom = bit + 1 < RUNS_PER_WORD && generationOf(this.#load(word)) === generation
    const place = hasRoom ? { threadId, word, generation, bit: bit + 1 } : this.#nextWord()
    this.#latest = place
    this.#store(place.word, this.#load(place.word) + (hasRoom ? 0 : GENERATION) + (1 << place.bit))
    return encode(place)
  }

  /** Ends one of this thread's runs, unless it is over. */
  finish(ticket: number): void {
    // Warns if there are threads that don't share this table: they don't learn that a run is cancelled.
    this.#table.memory.beforeReading?.()
    const place = decode(ticket)
    const value = this.#load(place.word)
    if (isAlive(value, place)) this.#store(place.word, value - (1 << place.bit))
  }

  /** The first place in the next generation of a word, none of whose runs goes on. Words take turns. */
  #nextWord(): Place {
    const { threadId } = this.#table
    const words = this.#chunks.length * WORDS_PER_CHUNK
    for (let n = 1; n <= words; n++) {
      const word = (this.#latest.word + n) % words
      const value = this.#load(word)
      const place = { threadId, word, generation: generationOf(value) + 1, bit: 0 }
      if ((value & (GENERATION - 1)) === 0 && Number.isSafeInteger(encode(place))) return place
    }
    this.#addChunk()
    return this.#nextWord()
  }

  #addChunk(): void {
    const chunk = this.#chunks.length
    // At most half of a row, so that a burst of runs leaves room for keys that are defined later.
    const limit = Math.min(CHUNKS, Math.max(this.#table.memory.rowBytes / 2 / CHUNK_BYTES, 1))
    if (chunk + 1 > limit) {
      throw new RangeError(
        `all ${chunk * WORDS_PER_CHUNK} groups of ${RUNS_PER_WORD} runs are in use; call cancel() when a task is over, ` +
          'or give tasks that are cancelled together one ticket',
      )
    }
    const spec = { type: 'f64', length: WORDS_PER_CHUNK, fold: 'none', retire: false } as const
    const row = this.#table.attach()
    this.#chunks.push(row.slot(this.#table.key(chunkName(chunk), spec)).value)
  }

  #load(word: number): number {
    return this.#chunkOf(word)[word % WORDS_PER_CHUNK] as number
  }

  #store(word: number, value: number): void {
    this.#chunkOf(word)[word % WORDS_PER_CHUNK] = value
  }

  #chunkOf(word: number): Float64Array {
    return this.#chunks[Math.floor(word / WORDS_PER_CHUNK)] as Float64Array
  }
}
