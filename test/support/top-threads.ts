// Threads that have counted something, without threads: for tests of what is seen of them.
import { type Schema, SlotTable, setDefaultTable, type ThreadLocal, threadLocal } from 'threadslots'
import { type TopOptions, top } from 'threadslots/top'
import { as } from './helpers.js'
import { Terminal } from './terminal.js'

export const table: SlotTable = SlotTable.create({ maxThreads: 64 })
setDefaultTable(table)

/** A thread that has these values of a thread-local of such a name. */
export function count(
  threadId: number,
  name: string,
  schema: Schema,
  values: { readonly [key: string]: number | Uint8Array },
): void {
  const specs = Object.keys(values).map(key => [`${name}.${key}`, schema[key]])
  const locals: { [key: string]: unknown } = as(table, threadId).attach().locals(Object.fromEntries(specs))
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === 'number') locals[`${name}.${key}`] = value
    else (locals[`${name}.${key}`] as Uint8Array).set(value)
  }
}

const JOBS = {
  done: 'u32',
  bytes: 'f64',
  slowest: { type: 'f64', fold: 'max' },
  depth: { type: 'i32', fold: 'none' },
} as const

export const jobs: ThreadLocal<typeof JOBS> = threadLocal('jobs', JOBS)
export const countJobs = (threadId: number, values: { readonly [N in keyof typeof JOBS]?: number }): void =>
  count(threadId, 'jobs', JOBS, values)

const CROWD: Schema = {
  ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`key${i}`, 'u32'] as const)),
  name: { type: 'u8', length: 30 },
  漢字: 'f64',
}
export const CROWD_KEYS = 14
export const CROWD_THREADS = 40

export const crowd: ThreadLocal<Schema> = threadLocal('crowd', CROWD)

/** Calls back with many threads that have used many keys. */
export async function withCrowd(run: () => Promise<void>): Promise<void> {
  const name = new TextEncoder().encode('名前 of a thread')
  for (let id = 1; id <= CROWD_THREADS; id++) {
    const numbers = Array.from({ length: 12 }, (_, i) => [`key${i}`, 10 ** Math.min(i, 8) * id] as const)
    count(id, 'crowd', CROWD, { ...Object.fromEntries(numbers), name, 漢字: 1e15 })
  }
  try {
    await run()
  } finally {
    for (let id = 1; id <= CROWD_THREADS; id++) table.release(id)
  }
}

/** What a table leaves on a terminal of its own. */
export async function shown<S extends Schema>(
  local: ThreadLocal<S>,
  options: TopOptions<S> = {},
  columns = 80,
  rows = 24,
): Promise<string[]> {
  const stream = new Terminal(columns, rows)
  top(local, { keys: false, ...options, stream })()
  return stream.lines()
}

/** The cells of a line; none is empty, or has two blanks. */
export const cells = (line = ''): string[] => line.trim().split(/ {2,}/)

/** A line with a character for each column that it takes. */
export const inColumns = (line: string): string => line.replace(/[\u3000-\u9fff]/g, '??')
