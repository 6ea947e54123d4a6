// A table in which threads make keys until it is nearly full. Then it is checked, and a new table takes its place, since
// keys can't be removed. Its threads attach to it explicitly, and are released explicitly.
import { type Key, SlotTable } from 'threadslots'
import { usageOf } from '../../support/table-usage.js'
import { differences, type Elements, elementsOf, fold } from './counted-values.js'
import { type Death, isTerminated } from './deaths.js'
import { specOf } from './key-maker.js'
import { KEY_STEPS, type KeyMakingOrders, THREAD } from './orders.js'

const MAX_KEYS = 1000
/** The most that a key takes: 16 bytes, and 4 for alignment, with a reserve. */
const MAX_KEY_BYTES = 24

/** What was found in the tables that are closed. */
export interface Findings {
  tables: number
  keys: number
  lost: number
  extra: number
  leakedRows: number
  leakedRecords: number
  readonly problems: string[]
}

export class KeyTable {
  readonly table: SlotTable
  readonly #findings: Findings
  readonly #dimensions
  readonly #cursor = new Int32Array(new SharedArrayBuffer(4))
  #expected: Elements = {}
  #users = 0

  constructor(maxThreads: number, findings: Findings) {
    this.#findings = findings
    this.#dimensions = { maxThreads, rowBytes: MAX_KEYS * MAX_KEY_BYTES, maxKeys: MAX_KEYS }
    this.table = SlotTable.create(this.#dimensions)
  }

  /** The threads that still work in it have some keys left. */
  get isFull(): boolean {
    return this.table.keys().length > 0.9 * MAX_KEYS
  }

  get isIdle(): boolean {
    return this.#users === 0
  }

  /** A thread is about to use the table. Returns what it is told. */
  enter(ownPrefix: string, keys: number, swaps: number): KeyMakingOrders {
    this.#users++
    return { buffer: this.table.buffer, cursor: this.#cursor, ownPrefix, keys, swaps }
  }

  /** A thread that entered is dead. Returns how many additions it has acknowledged. */
  leave(acknowledgement: Int32Array, death: Death): number {
    this.#users--
    const threadId = Atomics.load(acknowledgement, THREAD) - 1
    const acknowledged = Atomics.load(acknowledgement, KEY_STEPS)
    if (threadId < 0) return 0
    const thread = this.table.snapshot().threads.find(thread => thread.threadId === threadId)
    const left = elementsOf(thread?.values ?? {})
    const found = Object.values(left).reduce((sum: number, value) => sum + Number(value), 0)
    this.#findings.lost += Math.max(0, acknowledged - found)
    this.#findings.extra += Math.max(0, found - acknowledged - +isTerminated(death))
    this.#expected = fold(this.#expected, left)
    this.table.release(threadId)
    return acknowledged
  }

  /** Checks the table. No thread may use it any more. */
  close(seed: string): void {
    // A new table object, which has to read all the keys.
    const table = SlotTable.from(this.table.buffer)
    this.#checkKeys(table.keys(), seed)
    this.#findings.tables++
    this.#findings.keys += table.keys().length
    const { threads, retired } = table.snapshot()
    if (threads.length > 0)
      this.#findings.problems.push(`${threads.length} threads still run in a table that nobody uses; ${seed}`)
    const found = differences({ ...zeros(elementsOf(retired)), ...this.#expected }, elementsOf(retired))
    if (found.length > 0)
      this.#findings.problems.push(`values of keys: ${found.slice(0, 5).join(', ')}; ${seed}`)
    const held = usageOf(table, this.#dimensions)
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
      const expected =
        typeof spec === 'string' ? { type: spec, length: undefined } : { length: undefined, ...spec }
      const elementBytes = type === 'count' || type.endsWith('64') ? 8 : 4
      const isRight = type === expected.type && length === expected.length
      if (byteOffset < end || byteOffset % elementBytes !== 0 || !isRight) {
        this.#findings.problems.push(
          `key '${name}' is ${type}[${length}] at byte ${byteOffset}, and the one before it ends at ${end}; ${seed}`,
        )
      }
      end = byteOffset + elementBytes * (length ?? 1)
    }
  }
}

/** The same names, all with zeros. */
const zeros = (values: Elements): Elements =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'bigint' ? 0n : 0]),
  )
