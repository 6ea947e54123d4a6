// Rows with values in them but no threads behind them, for tests of what `top` shows.
import {
  type LabelledSlots,
  type LabelledSpec,
  type Schema,
  type SlotSpec,
  SlotTable,
  setDefaultTable,
  type ThreadLocal,
  threadLocal,
} from 'threadslots'
import { type TopOptions, top } from 'threadslots/top'
import { asThread } from './as-thread.js'
import { Terminal } from './terminal.js'

export const table: SlotTable = SlotTable.create({ maxThreads: 64 })
setDefaultTable(table)

/** Attaches a thread, if it has no row yet, and sets its values of a thread-local. */
export function setValues(
  threadId: number,
  name: string,
  schema: Schema,
  values: { readonly [key: string]: number | string },
): void {
  const specs = Object.keys(values).map(key => [`${name}.${key}`, schema[key]])
  const locals: { [key: string]: unknown } = asThread(table, threadId)
    .attach()
    .locals(Object.fromEntries(specs))
  for (const [key, value] of Object.entries(values)) locals[`${name}.${key}`] = value
}

/** A thread's values of a labelled key. Attaches the thread, if it has no row yet. */
export const labelledSlots = <D extends SlotSpec, L>(
  threadId: number,
  name: string,
  spec: LabelledSpec<D, L>,
): LabelledSlots<L, D> =>
  asThread(table, threadId)
    .attach()
    .locals({ [name]: spec })[name] as never

const JOBS = {
  done: 'u32',
  bytes: 'f64',
  slowest: { type: 'f64', fold: 'max' },
  depth: { type: 'i32', fold: 'none' },
} as const

export const jobs: ThreadLocal<typeof JOBS> = threadLocal('jobs', JOBS)
export const setJobs = (threadId: number, values: { readonly [N in keyof typeof JOBS]?: number }): void =>
  setValues(threadId, 'jobs', JOBS, values)

const MANY_KEYS_SCHEMA: Schema = {
  ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`key${i}`, 'u32'] as const)),
  name: { type: 'text', length: 30 },
  漢字: 'f64',
}
export const KEY_COUNT = 14
export const THREAD_COUNT = 40

export const manyKeys: ThreadLocal<Schema> = threadLocal('many keys', MANY_KEYS_SCHEMA)

/** Attaches many threads that have used many keys, while `run` runs. */
export async function withManyThreads(run: () => Promise<void>): Promise<void> {
  const name = '名前 of a thread'
  for (let id = 1; id <= THREAD_COUNT; id++) {
    const numbers = Array.from({ length: 12 }, (_, i) => [`key${i}`, 10 ** Math.min(i, 8) * id] as const)
    setValues(id, 'many keys', MANY_KEYS_SCHEMA, { ...Object.fromEntries(numbers), name, 漢字: 1e15 })
  }
  try {
    await run()
  } finally {
    for (let id = 1; id <= THREAD_COUNT; id++) table.release(id)
  }
}

/** The lines that `top` leaves on a terminal. */
export async function linesOf<S extends Schema>(
  local: ThreadLocal<S>,
  options: TopOptions<S> = {},
  columns = 80,
  rows = 24,
): Promise<string[]> {
  const stream = new Terminal(columns, rows)
  top(local, { keys: false, ...options, stream })()
  return stream.lines()
}

/** The cells of a line. No cell may be empty or contain two spaces in a row. */
export const cells = (line = ''): string[] => line.trim().split(/ {2,}/)

/** A line with one character for each column of the terminal that it takes: a CJK character takes two. */
export const inColumns = (line: string): string => line.replace(/[\u3000-\u9fff]/g, '??')
