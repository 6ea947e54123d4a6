/*
 * One-time costs: making tables, attaching threads, defining keys, and the memory that these take.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { defaultTable, type Key, type Row, SlotTable, threadLocal } from 'threadslots'
import type { Group } from '../harness/group.js'
import type { Contender, Meter } from '../harness/meter.js'
import { trackResidentBytes } from '../harness/resident-memory.js'
import { shuffle } from '../harness/shuffle.js'

/** The number of threads that attach to one table before the next table is used. */
const THREADS = 16
/** The number of keys that are made in one table before the next table is used. */
const KEYS = 100
const MEMORY_THREADS = 128
const MEMORY_KEYS = 64

export const group: Group = {
  name: 'lifecycle',
  question: 'What do tables, threads and keys cost to make, in time and in memory?',
  scenarios: [
    { table: 'tables and threads', column: 'time', measure: meter => meter.race(tablesAndThreads(), 1) },
    { table: 'keys', column: 'time', measure: meter => meter.race(keys(), KEYS) },
    { table: 'workers, from start to exit', column: 'time', measure: startWorkers },
    { table: 'resident memory', column: 'bytes', measure: measureMemory },
  ],
}

function tablesAndThreads(): Contender[] {
  const table = SlotTable.create()
  let joining: SlotTable[] = []
  let nextId = 1
  const repeat = (call: () => unknown) => (times: number) => {
    let last: unknown
    for (let i = 0; i < times; i++) last = call()
    return last
  }
  return [
    {
      name: 'SlotTable.create()',
      // The engine counts reserved memory as garbage too, and would collect it while we measure.
      prepare: () => globalThis.gc?.(),
      run: repeat(() => SlotTable.create()),
    },
    { name: 'SlotTable.from(buffer)', run: repeat(() => SlotTable.from(table.buffer)) },
    {
      name: `attach(), first: ${THREADS} threads join a table`,
      prepare(times) {
        joining = []
        while (joining.length < times) {
          const { buffer } = SlotTable.create()
          for (let i = 0; i < THREADS && joining.length < times; i++) {
            joining.push(SlotTable.from(buffer, { threadId: nextId++ }))
          }
        }
      },
      run(times) {
        let last: Row | undefined
        for (let i = 0; i < times; i++) last = joining[i]?.attach()
        return last
      },
    },
    { name: 'attach(), again', run: repeat(() => table.attach()) },
    { name: 'release(threadId), no such thread', run: repeat(() => table.release(1)) },
  ]
}

function keys(): Contender[] {
  const known = SlotTable.create()
  known.attach()
  known.key('known', 'u32')
  let tables: SlotTable[] = []
  let unused: { row: Row; key: Key<'u32'> }[] = []
  const names = Array.from({ length: KEYS }, (_, i) => `key ${i}`)
  const newTables = (count: number) => Array.from({ length: count }, () => SlotTable.create())
  return [
    {
      name: "key(name, 'u32'), new",
      prepare(times) {
        tables = newTables(Math.ceil(times / KEYS))
      },
      run(times) {
        let last: unknown
        for (let i = 0; i < times; i++) {
          last = tables[Math.floor(i / KEYS)]?.key(names[i % KEYS] as string, 'u32')
        }
        return last
      },
    },
    {
      name: "key(name, 'u32'), known",
      run(times) {
        let last: unknown
        for (let i = 0; i < times; i++) last = known.key('known', 'u32')
        return last
      },
    },
    {
      name: "key(name, { type: 'u32' }), known",
      run(times) {
        let last: unknown
        for (let i = 0; i < times; i++) last = known.key('known', { type: 'u32' })
        return last
      },
    },
    {
      name: 'slot(key), the first use in a row',
      prepare(times) {
        unused = newTables(Math.ceil(times / KEYS)).flatMap(table => {
          const made = names.map(name => table.key(name, 'u32'))
          const row = SlotTable.from(table.buffer, { threadId: 1 }).attach()
          return made.map(key => ({ row, key }))
        })
      },
      run(times) {
        let last: unknown
        for (let i = 0; i < times; i++) {
          const { row, key } = unused[i] as (typeof unused)[number]
          last = row.slot(key)
        }
        return last
      },
    },
    {
      name: "threadLocal(name, { x: 'u32' }), known",
      run(times) {
        let last: unknown
        for (let i = 0; i < times; i++) last = threadLocal('known', { x: 'u32' })
        return last
      },
    },
  ]
}

async function startWorkers(meter: Meter): Promise<void> {
  // The table exists before the workers start, as in any program that uses it.
  defaultTable()
  const threadslots = import.meta.resolve('threadslots')
  const workers = [
    { name: 'a worker that does nothing', source: '', times: [] as number[] },
    {
      name: 'a worker that imports and counts',
      source: `import { threadLocal } from '${threadslots}'; threadLocal('worker', { x: 'u32' }).x++`,
      times: [] as number[],
    },
  ]
  const end = performance.now() + 4 * meter.milliseconds
  for (let pass = 0; pass < 3 || performance.now() < end; pass++) {
    for (const { source, times } of shuffle(workers)) {
      const started = performance.now()
      await once(new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`)), 'exit')
      times.push((performance.now() - started) * 1e6)
    }
  }
  // The first worker of each kind also compiles the code.
  for (const { name, times } of workers) meter.record(name, 'ns', times.slice(1))
}

/**
 * The table's memory as the operating system reports it, to the page; JavaScript objects as the engine
 * reports them.
 */
function measureMemory(meter: Meter): void {
  const names = Array.from({ length: MEMORY_KEYS }, (_, i) => `key ${i}`)
  const joined: SlotTable[] = []
  const join = (buffer: SharedArrayBuffer, threadId: number) => {
    const table = SlotTable.from(buffer, { threadId })
    const row = table.attach()
    for (const name of names) row.slot(table.key(name, 'f64')).add(1)
    joined.push(table)
  }
  const mapping = trackResidentBytes(SlotTable.byteLength(), defaultTable)
  if (!mapping) {
    meter.omit('resident memory', 'this system does not list the mapping of the table')
    return
  }
  const { result: table, residentBytes } = mapping
  meter.record('an empty default table', 'bytes', [residentBytes()])

  // The first thread defines the keys and makes the engine compile. We measure what each further thread
  // takes.
  join(table.buffer, 1)
  const [heapBefore, residentBefore] = [heapBytes(), residentBytes()]
  for (let threadId = 2; threadId <= MEMORY_THREADS + 1; threadId++) join(table.buffer, threadId)
  const [heap, resident] = [heapBytes() - heapBefore, residentBytes() - residentBefore]
  const each = `each thread with ${MEMORY_KEYS} keys`
  meter.record(`${each}: shared`, 'bytes', [resident / MEMORY_THREADS])
  meter.record(`${each}: its own objects`, 'bytes', [heap / MEMORY_THREADS])
}

function heapBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
