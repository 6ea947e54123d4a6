/*
 * Any thread's runs, as they look to a thread that was sent a ticket.
 */
import { internal, type Key, type SlotTable } from '../index.js'
import { chunkName, decode, isAlive, type Place, WORDS_PER_CHUNK } from './tickets.js'

/** A ticket, and where its run is. */
interface Lookup {
  readonly ticket: number
  readonly place: Place
  readonly row: InstanceType<typeof internal.RemoteRow>
  /** The index of the run's word among the table's doubles; −1 if its thread is dead, or not in this table. */
  readonly index: number
}

export class RemoteRuns {
  readonly #table: SlotTable
  /** The keys of the chunks, as far as they were needed. */
  readonly #keys: (Key | undefined)[] = []
  /** A task asks about one ticket again and again. Nothing is kept of other tickets and their threads. */
  #latest: Lookup | undefined

  constructor(table: SlotTable) {
    this.#table = table
  }

  /**
   * True once a run is over; false again once its thread's row is released, and if the thread is not in this table. It only
   * reads.
   * @throws {TypeError | RangeError} if it can't be a ticket.
   */
  isOver(ticket: number): boolean {
    if (this.#latest?.ticket !== ticket) this.#latest = this.#lookUp(ticket)
    const { place, row, index } = this.#latest
    if (index < 0) return false
    const { i32, f64 } = this.#table.memory
    // An engine may take a plain load out of a loop, unless there is an atomic one before it.
    Atomics.load(i32, 0)
    // The word may be another thread's by now, and a dead thread's runs don't count as over.
    return !isAlive(f64[index] as number, place) && row.checked(true) === true
  }

  #lookUp(ticket: number): Lookup {
    const place = decode(ticket)
    const { memory } = this.#table
    const known = this.#latest?.row
    const row = known?.threadId === place.threadId ? known : new internal.RemoteRow(memory, place.threadId)
    const key = this.#keyOf(Math.floor(place.word / WORDS_PER_CHUNK))
    const address = (key && row.addressOf(key)) ?? -1
    // Warns if there are threads that don't share this table.
    if (address < 0) memory.beforeReading?.()
    return { ticket, place, row, index: address < 0 ? -1 : address / 8 + (place.word % WORDS_PER_CHUNK) }
  }

  /** A chunk's key, if any thread has made it. `table.key` would make it, and use it in this thread's row. */
  #keyOf(chunk: number): Key | undefined {
    const { registry } = this.#table
    // Reads the keys that other threads have made since.
    if (!this.#keys[chunk]) registry.list()
    this.#keys[chunk] ??= registry.find(chunkName(chunk))
    return this.#keys[chunk]
  }
}
