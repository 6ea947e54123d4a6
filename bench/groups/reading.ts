/*
 * Reading what all threads have counted: from the table, and by asking the threads.
 */
import { perThread, type Schema, SlotTable, sampler, setDefaultTable, threadLocal, totals } from 'threadslots'
import type { Group, Scenario } from '../harness/group.js'
import type { Meter } from '../harness/meter.js'

const ROWS = [1, 16, 128, 1024]
const KEYS = [1, 64]
/** Every third key is an integer; the others are doubles. */
const schemaOf = (keys: number): Record<string, 'u32' | 'f64'> =>
  Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, i % 3 === 0 ? 'u32' : 'f64']))

/** No thread of this process has this id, or a greater one. */
const FIRST_ID = 1000

export const group: Group = {
  name: 'reading',
  question: 'What does it cost to read what all threads have counted, and how old is the answer?',
  scenarios: [
    ...KEYS.flatMap(keys =>
      ROWS.map(
        (rows): Scenario => ({
          table: `one reading of ${keys === 1 ? 'one key' : `${keys} keys`}, by number of threads`,
          column: String(rows),
          measure: meter => readTable(meter, rows, keys),
        }),
      ),
    ),
    ...(['idle', 'busy'] as const).map(
      (state): Scenario => ({
        table: 'time to learn what running workers have counted',
        column: state,
        async measure(meter) {
          // Imported late, because the module defines its counter in the default table.
          const { measureLatency } = await import('../contenders/latency/ask-or-read.js')
          await measureLatency(meter, state)
        },
      }),
    ),
  ],
}

/**
 * Reads a table in which `rows` threads have used all keys: this thread, and others that exist only as thread
 * ids.
 */
function readTable(meter: Meter, rows: number, keys: number): void {
  const table = SlotTable.create({ maxThreads: rows })
  setDefaultTable(table)
  const schema: Schema = schemaOf(keys)
  const local = threadLocal('reading', schema)
  const own: { [name: string]: number } = local as never
  for (const name in schema) own[name] = 1
  for (let row = 1; row < rows; row++) {
    const other = SlotTable.from(table.buffer, { threadId: FIRST_ID + row })
    const handles = other.attach()
    for (const key of other.keys()) (handles.slot(key) as { value: number }).value = 1
  }
  const [first] = table.keys()
  if (!first) throw new Error('no key')
  const sample = sampler(local)
  const repeat = (read: () => unknown) => (times: number) => {
    let last: unknown
    for (let i = 0; i < times; i++) last = read()
    return last
  }
  const contenders = [
    {
      name: 'totals(local)',
      run: repeat(() => totals(local)),
      result: () => (totals(local) as { k0: number }).k0,
    },
    { name: 'sample()', run: repeat(sample) },
    {
      name: 'perThread(local)',
      run: repeat(() => perThread(local)),
      result: () => perThread(local).reduce((sum, { k0 }) => sum + Number(k0), 0),
    },
    {
      name: 'table.snapshot()',
      run: repeat(() => table.snapshot()),
      result: () => Number(table.snapshot().totals['reading.k0']),
    },
  ]
  if (keys === 1) {
    contenders.push(
      {
        name: 'table.fold(key)',
        run: repeat(() => table.fold(first)),
        result: () => Number(table.fold(first)),
      },
      {
        name: 'table.perThread(key)',
        run: repeat(() => table.perThread(first)),
        result: () => table.perThread(first).reduce((sum, { value }) => sum + Number(value), 0),
      },
    )
  }
  meter.race(contenders, 1)
}
