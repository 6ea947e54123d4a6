/*
 * Reading what all threads count: from the table, and by asking the threads.
 */
import { perThread, type Schema, SlotTable, sampler, setDefaultTable, threadLocal, totals } from 'threadslots'
import type { Group, Scenario } from '../harness/group.js'
import type { Meter } from '../harness/meter.js'

const ROWS = [1, 16, 128, 1024]
const KEYS = [1, 64]
/** A third of them integers, the others doubles. */
const schemaOf = (keys: number): Record<string, 'u32' | 'f64'> =>
  Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, i % 3 === 0 ? 'u32' : 'f64']))

/** Ids that no thread of this process has. */
const FIRST_ID = 1000

export const group: Group = {
  name: 'reading',
  question: 'What does it cost to read what all threads count, and how old is the answer?',
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
        table: 'from asking to having the answer of running workers',
        column: state,
        async measure(meter) {
          // Not before: it defines what its workers count, in the default table.
          const { askWorkers } = await import('../workloads/threads/ask.js')
          await askWorkers(meter, state)
        },
      }),
    ),
  ],
}

/** A table in which so many threads have used all keys; one of them is this one, the others are made of their ids. */
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
