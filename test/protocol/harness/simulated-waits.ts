/*
 * Threads that park waiters and die, all of them in one thread. `Atomics.waitAsync` and `Atomics.notify` are replaced by a
 * model that knows which thread has parked which waiter, and which threads are dead: their waiters are gone. Everything
 * else (parking, counting, probing, sweeping) is the library's own code.
 *
 * The model also watches the words that the library changes, and throws as soon as one of these rules is broken:
 *
 * - A row or record changes hands only if its owner is dead, or gives it back.
 * - A wait word changes hands only if its thread is dead, and while no probe of it is in progress.
 * - A waiter that is woken is covered by the count: woken and parked waiters are never fewer than a thread has parked.
 *
 * It must be imported before stepping.ts, so that a call that is intercepted here is a step there.
 */
import { setHost } from '../../../src/host/current.js'
import { serverHost } from '../../../src/host/server.js'
import {
  directoryAddress,
  recordAddress,
  recordCount,
  rowAddress,
  waitWordAddress,
  waitWordCount,
} from '../../../src/memory/layout.js'
import { SlotTable } from '../../../src/table/slot-table.js'

/** The table under test: as small as its threads allow. */
export const dimensions = { maxThreads: 5, rowBytes: 16, maxKeys: 3 } as const
export const WAITERS = 12

export const buffer: SharedArrayBuffer = new SharedArrayBuffer(SlotTable.byteLength(dimensions))
const words = new Int32Array(buffer)
const claims = new BigInt64Array(buffer)

/** i32 indices of the wait words. */
export const waitWords: ReadonlySet<number> = new Set(
  Array.from({ length: waitWordCount(dimensions) }, (_, wordId) => waitWordAddress(dimensions, wordId) / 4),
)
const rows = Array.from({ length: dimensions.maxThreads }, (_, rowId) => rowAddress(dimensions, rowId) / 8)
const records = Array.from(
  { length: recordCount(dimensions) },
  (_, recordId) => recordAddress(dimensions, recordId) / 8,
)
const claimIndices = new Set([...rows, ...records])

interface Waiter {
  readonly threadId: number
  /** i32 index of the word. */
  readonly index: number
  callback?: () => void
}

/** What isn't in the bytes of the table. */
export interface Threads {
  /** In the order in which they were parked. */
  readonly parked: readonly Waiter[]
  /** Waiters whose threads have still to return to their event loops. */
  readonly woken: readonly Waiter[]
  /** How many waiters of a thread were woken so far. */
  readonly wakes: ReadonlyMap<number, number>
  readonly dead: ReadonlySet<number>
  /** The threads that started others. */
  readonly parents: ReadonlyMap<number, number>
  /** What each thread has acknowledged to have counted. A thread that is listed has attached. */
  readonly counted: ReadonlyMap<number, number>
  /** What threads are about to count, or may have counted before they died. */
  readonly pending: ReadonlyMap<number, number>
  readonly started: number
}

export const simulated: { threads: Threads; acting: number } = {
  threads: {
    parked: [],
    woken: [],
    wakes: new Map(),
    dead: new Set(),
    parents: new Map(),
    counted: new Map(),
    pending: new Map(),
    started: 0,
  },
  acting: -1,
}

/** Changes what is known of the threads. */
export function change(changes: Partial<Threads>): void {
  simulated.threads = { ...simulated.threads, ...changes }
}

/** Runs something as this thread. */
export function asThread<R>(threadId: number, run: () => R): R {
  const { acting } = simulated
  simulated.acting = threadId
  try {
    return run()
  } finally {
    simulated.acting = acting
  }
}

const ownerOf = (claim: bigint): number => Number(BigInt.asIntN(32, claim)) - 1

/** The threads that own rows, and those that own unpublished records. */
export const owners = (): { rows: number[]; records: number[] } => {
  const at = (indices: readonly number[]) =>
    indices.map(index => ownerOf(claims[index] as bigint)).filter(threadId => threadId >= 0)
  const published = new Set<number>()
  for (let keyId = 0; keyId < dimensions.maxKeys; keyId++)
    published.add((words[directoryAddress(keyId) / 4] as number) - 1)
  return { rows: at(rows), records: at(records.filter((_, recordId) => !published.has(recordId))) }
}

/** Ends a thread, and the threads that it has started. Its waiters are gone at once. */
export function die(threadId: number): void {
  const { parked, woken, dead, parents } = simulated.threads
  const isOther = (waiter: Waiter) => waiter.threadId !== threadId
  change({
    dead: new Set([...dead, threadId]),
    parked: parked.filter(isOther),
    woken: woken.filter(isOther),
  })
  for (const [child, parent] of parents) if (parent === threadId && !dead.has(child)) die(child)
}

/** A thread returns to its event loop: what waits for its woken waiters is called. */
export function turn(threadId: number): void {
  const { woken } = simulated.threads
  change({ woken: woken.filter(waiter => waiter.threadId !== threadId) })
  for (const waiter of woken) if (waiter.threadId === threadId) waiter.callback?.()
}

function fail(problem: string): never {
  throw new Error(problem)
}

// A word, as liveness.ts describes it.
const threadOf = (word: number): number => Math.floor(word / 512) - 1
const probesOf = (word: number): number => word % 64
export const inProgress = (word: number): number => (word >> 7) & 3

/** The word of a thread; undefined if it has none. */
export function wordOf(threadId: number): number | undefined {
  for (const index of waitWords) {
    const word = words[index] as number
    if (word > 0 && threadOf(word) === threadId) return word
  }
  return undefined
}

/** Is called after each change of a wait word or of the waiters on it. */
function checkWord(index: number): void {
  const word = words[index] as number
  if (word <= 0) return
  const threadId = threadOf(word)
  const { parked, dead } = simulated.threads
  if (dead.has(threadId)) return
  const own = parked.filter(waiter => waiter.index === index && waiter.threadId === threadId).length
  if (own + probesOf(word) < WAITERS)
    fail(`${own} waiters of thread ${threadId} are parked, and ${probesOf(word)} probes are counted`)
}

function checkWordChange(before: number, now: number): void {
  if (before === 0 || threadOf(Math.abs(before)) === threadOf(Math.abs(now))) return
  const threadId = threadOf(Math.abs(before))
  if (!simulated.threads.dead.has(threadId))
    fail(`the word of thread ${threadId}, which runs, becomes ${now}`)
  if (before > 0 && inProgress(before) > 0)
    fail(`the word of thread ${threadId} becomes ${now} while a probe is in progress`)
}

function checkClaimChange(before: bigint, now: bigint): void {
  const owner = ownerOf(before)
  if (before === now || owner < 0 || owner === simulated.acting || simulated.threads.dead.has(owner)) return
  fail(`thread ${simulated.acting} takes what thread ${owner} owns, which runs`)
}

const { load, notify, waitAsync, compareExchange, store } = Atomics
type Word = Int32Array<SharedArrayBuffer>
const isTable = (view: { readonly buffer: ArrayBufferLike }) => view.buffer === buffer

/** Runs a change of a word, and checks it. */
function watch<R>(view: Word | BigInt64Array, index: number, run: () => R): R {
  if (!isTable(view)) return run()
  if (view instanceof BigInt64Array) {
    const before = claims[index] as bigint
    const result = run()
    if (claimIndices.has(index)) checkClaimChange(before, claims[index] as bigint)
    return result
  }
  const before = words[index] as number
  const result = run()
  if (waitWords.has(index)) {
    checkWordChange(before, words[index] as number)
    checkWord(index)
  }
  return result
}

Object.assign(Atomics, {
  compareExchange: (view: Word, index: number, expected: number, replacement: number) =>
    watch(view, index, () => compareExchange(view, index, expected, replacement)),
  store: (view: Word, index: number, value: number) => watch(view, index, () => store(view, index, value)),
  waitAsync(view: Word, index: number, value: number) {
    if (!isTable(view)) return waitAsync(view, index, value)
    if (load(view, index) !== value) return { async: false, value: 'not-equal' }
    const waiter: Waiter = { threadId: simulated.acting, index }
    change({ parked: [...simulated.threads.parked, waiter] })
    const onWake = (callback: () => void) => {
      waiter.callback = callback
    }
    // biome-ignore lint/suspicious/noThenProperty: it stands for a promise.
    return { async: true, value: { then: onWake } }
  },
  notify(view: Word, index: number, count?: number) {
    if (!isTable(view)) return notify(view, index, count)
    const { parked, woken, wakes } = simulated.threads
    const waiter = parked.find(waiter => waiter.index === index)
    if (!waiter) return 0
    const { threadId } = waiter
    if (threadId === simulated.acting) fail(`thread ${threadId} probes itself`)
    if (threadId === simulated.threads.parents.get(simulated.acting))
      fail(`thread ${simulated.acting} probes ${threadId}, which has started it`)
    change({
      parked: parked.filter(other => other !== waiter),
      woken: [...woken, waiter],
      wakes: new Map(wakes).set(threadId, (wakes.get(threadId) ?? 0) + 1),
    })
    checkWord(index)
    return 1
  },
})

/** What threads do when a sweep of theirs reports deaths. */
export const reportHandlers: Map<number, (threadIds: readonly number[]) => void> = new Map()

setHost({
  ...serverHost,
  waiters: WAITERS,
  canSweep: true,
  threadId: () => simulated.acting,
  inherited: () => ({}),
  bequeath() {},
  reportDeaths: threadIds => reportHandlers.get(simulated.acting)?.(threadIds),
})
