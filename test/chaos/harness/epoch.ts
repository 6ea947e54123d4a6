// A table in which keys are made until it is full; then it is checked, and the next one takes its place: keys are
// for ever. Its threads attach by hand, and are released by hand.
import { type Key, SlotTable } from 'threadslots'
import { heldIn } from '../../support/table-usage.js'
import { type Death, type EpochOrders, isTerminated, KEY_STEPS, THREAD } from './deaths.js'
import { specOf } from './keys.js'
import { differing, type Flat, flat, fold } from './model.js'

const MAX_KEYS = 1000
/** No key takes more: 16 bytes, and as many as 4 to align it. */
const MAX_KEY_BYTES = 24

/** What came of the tables that were closed. */
export interface Findings {
  tables: number
  keys: number
  lost: number
  extra: number
  leakedRows: number
  leakedRecords: number
  readonly problems: string[]
}

export class Epoch {
  readonly table: SlotTable
  readonly #findings: Findings
  readonly #dimensions
  readonly #cursor = new Int32Array(new SharedArrayBuffer(4))
  #expected: Flat = {}
  #users = 0

  constructor(maxThreads: number, findings: Findings) {
    this.#findings = findings
    this.#dimensions = { maxThreads, rowBytes: MAX_KEYS * MAX_KEY_BYTES, maxKeys: MAX_KEYS }
    this.table = SlotTable.create(this.#dimensions)
  }

  /** Some keys are left over for those who are still at work. */
  get isFull(): boolean {
    return this.table.keys().length > 0.9 * MAX_KEYS
  }

  get isIdle(): boolean {
    return this.#users === 0
  }

  enter(own: string, keys: number, swaps: number): EpochOrders {
    this.#users++
    return { buffer: this.table.buffer, cursor: this.#cursor, own, keys, swaps }
  }

  /** A thread that entered has ended. Returns how many additions it acknowledged. */
  leave(place: Int32Array, death: Death): number {
    this.#users--
    const threadId = Atomics.load(place, THREAD) - 1
    const acknowledged = Atomics.load(place, KEY_STEPS)
    if (threadId < 0) return 0
    const thread = this.table.snapshot().threads.find(thread => thread.threadId === threadId)
    const left = flat(thread?.values ?? {})
    const found = Object.values(left).reduce((sum: number, value) => sum + Number(value), 0)
    this.#findings.lost += Math.max(0, acknowledged - found)
    this.#findings.extra += Math.max(0, found - acknowledged - +isTerminated(death))
    this.#expected = fold(this.#expected, left)
    this.table.release(threadId)
    return acknowledged
  }

  /** When nobody uses it any more. */
  close(seed: string): void {
    // As a thread sees it that comes now, and reads all keys anew.
    const table = SlotTable.from(this.table.buffer)
    this.#checkKeys(table.keys(), seed)
    this.#findings.tables++
    this.#findings.keys += table.keys().length
    const { threads, retired } = table.snapshot()
    if (threads.length > 0)
      this.#findings.problems.push(`${threads.length} threads of a table run on; ${seed}`)
    const differences = differing({ ...zeros(flat(retired)), ...this.#expected }, flat(retired))
    if (differences.length > 0)
      this.#findings.problems.push(`keys: ${differences.slice(0, 5).join(', ')}; ${seed}`)
    const held = heldIn(table, this.#dimensions)
    this.#findings.leakedRows += held.rows
    this.#findings.leakedRecords += held.records
  }

  #checkKeys(keys: readonly Key[], seed: string): void {
    const names = new Set(keys.map(({ name }) => name))
    if (names.size !== keys.length)
      this.#findings.problems.push(`${keys.length} keys have ${names.size} names; ${seed}`)
    let end = 0
    for (const { name, byteOffset, type, length } of keys) {
      const spec = specOf(name)
      const expected = typeof spec === 'string' ? { type: spec, length: undefined } : spec
      const elementBytes = type.endsWith('64') ? 8 : 4
      const isRight = type === expected.type && length === expected.length
      if (byteOffset < end || byteOffset % elementBytes !== 0 || !isRight) {
        this.#findings.problems.push(
          `key '${name}' is ${type}[${length}] at ${byteOffset}, after ${end}; ${seed}`,
        )
      }
      end = byteOffset + elementBytes * (length ?? 1)
    }
  }
}

const zeros = (values: Flat): Flat =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'bigint' ? 0n : 0]),
  )
