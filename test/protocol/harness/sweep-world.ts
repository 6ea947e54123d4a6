/*
 * The world in which sweeps are stepped through: threads that start, own things, count and die, some of them unseen.
 *
 *   row 0   thread 1, running
 *   row 1   thread 2, running
 *   row 2   thread 3, dead, with the values of dead thread 9 in its bank
 *   row 3   thread 4, started by thread 3, and dead since then
 *   row 4   free
 *
 * Thread 5 died while it was making a key, and owns a record. Nobody has seen the deaths of 3, 4 and 5.
 */
import type { SlotTable as Table } from '../../../src/table/slot-table.js'
import { SlotTable } from '../../../src/table/slot-table.js'
import { failingFast } from './progress.js'
import {
  asThread,
  buffer,
  change,
  die,
  dimensions,
  inProgress,
  owners,
  reportHandlers,
  simulated,
  type Threads,
  turn,
  WAITERS,
  wordOf,
} from './simulated-waits.js'
import { crash, makeSteppable } from './stepping.js'

/** Runs, and has no row. It sweeps. */
const SWEEPER = 50
/** Runs, and has no row. It only reads. */
const READER = 51
/** The thread that is stepped through, unless it is one that runs already. */
export const ACTOR = 20
/** Its children and parents are told apart by id: nobody starts this one. */
const NOBODY = -1
/** A thread with an id that is greater by this has the same wait word. */
export const SAME_WORD: number = 28 * dimensions.maxThreads

/** A word with one probe in progress. */
const IN_PROGRESS = 128

const bytes = new Uint8Array(buffer)

export interface Checkpoint {
  readonly bytes: Uint8Array
  readonly threads: Threads
}

export const takeCheckpoint = (): Checkpoint => ({ bytes: bytes.slice(), threads: simulated.threads })

export function restore(checkpoint: Checkpoint): void {
  bytes.set(checkpoint.bytes)
  simulated.threads = checkpoint.threads
}

function fail(problem: string): never {
  throw new Error(problem)
}

export const isDead = (threadId: number): boolean => simulated.threads.dead.has(threadId)

export const openAs = (threadId: number, parentThreadId: number = NOBODY): Table =>
  asThread(threadId, () => SlotTable.from(buffer, { threadId, parentThreadId }))

/** A thread attaches and counts. It may find no row only if all of them belong to threads that count as alive. */
export function attachAndCount(table: Table, threadId: number): void {
  asThread(threadId, () => {
    const slot = table.attach().slot(table.key('n', 'u32'))
    const { counted, pending } = simulated.threads
    const amount = 2 ** (counted.size + pending.size)
    change({ pending: new Map(pending).set(threadId, amount) })
    slot.add(amount)
    const now = simulated.threads
    change({
      counted: new Map(now.counted).set(threadId, amount),
      pending: new Map([...now.pending].filter(([other]) => other !== threadId)),
    })
  })
}

/** Runs what fails only if nothing is left of threads that were dead when it began, and that a sweep could find. */
export function unlessFull(run: () => void): void {
  const { dead } = simulated.threads
  try {
    run()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const free = sweepable().filter(owner => dead.has(owner))
    if (free.length > 0) fail(`'${error.message}', although ${free} are dead`)
    const taken = owners()
    const isFull =
      taken.rows.length === dimensions.maxThreads ||
      taken.records.length === dimensions.maxKeys + dimensions.maxThreads ||
      openAs(READER).keys().length === dimensions.maxKeys
    if (!isFull) fail(`'${error.message}', although there is room`)
  }
}

/** An id that no thread has had. Its wait word is far from those of all others. */
function newThreadId(): number {
  const { started } = simulated.threads
  change({ started: started + 1 })
  return 1050 + 5 * started
}

/** Threads that own something, and that a sweep would find if they were dead. */
function sweepable(): number[] {
  const { rows, records } = owners()
  return [...new Set([...rows, ...records])].filter(threadId => {
    const word = wordOf(threadId)
    const isUsedUp = (simulated.threads.wakes.get(threadId) ?? 0) >= WAITERS
    return !isUsedUp && !(word !== undefined && inProgress(word) === 3)
  })
}

/**
 * Sweeps as a thread. What was dead when the sweep began must own nothing afterwards.
 * @param free frees rows as deaths are reported, as for the default table.
 */
export function sweepAs(
  threadId: number,
  table: Table = openAs(threadId),
  free?: (threadId: number) => void,
): void {
  const dead = new Set(sweepable().filter(isDead))
  const reported: number[] = []
  reportHandlers.set(threadId, ids => {
    const { rows, records } = owners()
    const gone = ids.filter(id => !rows.includes(id) && !records.includes(id))
    if (gone.length > 0 && !isRaced) fail(`${gone} are reported after they have been freed`)
    reported.push(...ids)
    if (free) ids.forEach(free)
  })
  const found = asThread(threadId, () => table.sweep())
  if (found < reported.length) fail(`the sweep found ${found}, and reported ${reported}`)
  if (found > 0 && reported.length === 0) fail(`the sweep found ${found}, and reported none`)
  const left = sweepable().filter(owner => dead.has(owner))
  if (left.length > 0) fail(`a sweep leaves what ${left} owned, who were dead when it began`)
}

/** Whether several threads release at the same time. Then a death may be reported after another thread has seen it. */
let isRaced = false
export function racing<R>(run: () => R): R {
  const before = isRaced
  isRaced = true
  try {
    return run()
  } finally {
    isRaced = before
  }
}

/** Checks what must hold at every instant. The bytes of the rows say what the threads have counted. */
export function check(): void {
  const { counted, pending } = simulated.threads
  const reader = openAs(READER)
  const key = reader.keys()[0] ?? fail('the key has disappeared')
  const total = [...counted.values()].reduce((sum, amount) => sum + amount, 0)
  const sum = Number(reader.fold(key))
  // Every amount is a bit of its own.
  const possible = [...pending.values()].reduce((bits, amount) => bits | amount, 0)
  if (((sum - total) & ~possible) !== 0)
    fail(`the total is ${sum}, expected ${total}, and parts of ${possible}`)
  const listed = new Map(reader.perThread(key).map(({ threadId, value }) => [threadId, value]))
  for (const [threadId, amount] of counted)
    if (!isDead(threadId) && listed.get(threadId) !== amount)
      fail(`thread ${threadId} runs and has counted ${amount}; found ${listed.get(threadId)}`)
}

/**
 * Checks what must hold once nobody is in the middle of an operation: the next sweep frees all that the dead owned.
 * @param wasUndisturbed whether no two threads did something at the same time. Otherwise a dead thread's word may be left
 * to the next thread that needs it.
 */
export function checkAtRest(wasUndisturbed = false): void {
  check()
  sweepAs(SWEEPER)
  check()
  const { counted } = simulated.threads
  for (const threadId of wasUndisturbed ? counted.keys() : []) {
    if (
      isDead(threadId) &&
      !owners().rows.includes(threadId) &&
      inProgress(wordOf(threadId) ?? IN_PROGRESS) === 0
    )
      fail(`thread ${threadId} is dead, and its word is still taken`)
  }
  const exempt = new Set(owners().rows.filter(owner => !sweepable().includes(owner)))
  const expected = [...counted.keys()].filter(threadId => !isDead(threadId) && !exempt.has(threadId))
  const found = owners().rows.filter(threadId => !exempt.has(threadId))
  const text = (ids: number[]) => `${ids.sort((a, b) => a - b)}`
  if (text(found) !== text(expected)) fail(`rows belong to ${found}, expected ${expected}`)
  // Threads come until the table is full, and can all be counted on.
  for (let free = dimensions.maxThreads - owners().rows.length; free > 0; free--) {
    const threadId = newThreadId()
    attachAndCount(openAs(threadId), threadId)
  }
  check()
  // All of them die at once.
  for (const threadId of simulated.threads.counted.keys()) if (!isDead(threadId)) die(threadId)
  sweepAs(SWEEPER)
  const left = owners().rows.filter(threadId => sweepable().includes(threadId))
  if (left.length > 0) fail(`a sweep leaves the rows of ${left}`)
  if (wordOf(SWEEPER) !== undefined) fail('a thread that owns nothing has a word')
}

const seen = new Set<string>()
/** Threads that come next take the lowest ids, so what happens depends on bytes and threads alone. */
export function isNew(purpose: string): boolean {
  const { threads } = simulated
  const waiters = [threads.parked, threads.woken].map(list =>
    list.map(w => `${w.threadId}@${w.index}`).join(),
  )
  const facts = [threads.dead, threads.counted, threads.wakes].map(set => [...set].join(';'))
  const state = `${purpose} ${Buffer.from(bytes).toString('latin1')} ${waiters} ${facts} ${threads.started}`
  if (seen.has(state)) return false
  seen.add(state)
  return true
}

function newThreadAttaches(threadId = newThreadId()): number {
  unlessFull(() => attachAndCount(openAs(threadId), threadId))
  return threadId
}

/** What other threads do while the actor stands at a step: whole operations. */
export const interferences: { readonly [name: string]: () => void } = {
  'another thread sweeps': () => sweepAs(SWEEPER),
  'thread 2 dies': () => die(2),
  'thread 2 dies, and another thread sweeps'() {
    die(2)
    sweepAs(SWEEPER)
  },
  'another thread attaches': () => void newThreadAttaches(),
  'another thread attaches and dies': () => die(newThreadAttaches()),
  'another thread makes a key'() {
    const threadId = newThreadId()
    unlessFull(() => asThread(threadId, () => openAs(threadId).key(`key ${threadId % 2}`, 'u32')))
  },
  'a sweep, and a new thread with the word of a dead one'() {
    sweepAs(SWEEPER)
    if (!simulated.threads.counted.has(3 + SAME_WORD)) newThreadAttaches(3 + SAME_WORD)
  },
  "another thread with the actor's word attaches"() {
    const threadId = ACTOR + SAME_WORD
    if (!simulated.threads.counted.has(threadId)) newThreadAttaches(threadId)
  },
  'running threads are probed until nobody can probe them any more'() {
    for (let i = 0; i < WAITERS; i++) sweepAs(SWEEPER)
  },
  'dead threads are released'() {
    for (const threadId of [3, 5]) openAs(SWEEPER).release(threadId)
  },
  'threads return to their event loops'() {
    for (const threadId of [1, 2]) if (!isDead(threadId)) asThread(threadId, () => turn(threadId))
  },
}

/** Threads 1 and 2 live as long as the process, so that what their waiters call can be stepped through. */
const lasting = new Map<number, Table>()

export function startThread(threadId: number, parentThreadId: number = NOBODY): Table {
  const table = makeSteppable(() => openAs(threadId, parentThreadId))
  if (parentThreadId !== NOBODY)
    change({ parents: new Map(simulated.threads.parents).set(threadId, parentThreadId) })
  attachAndCount(table, threadId)
  lasting.set(threadId, table)
  return table
}

export const tableOf = (threadId: number): Table => lasting.get(threadId) ?? fail(`no thread ${threadId}`)

function build(): Checkpoint {
  asThread(0, () =>
    SlotTable.create({ ...dimensions, buffer, threadId: 0, parentThreadId: NOBODY }).key('n', 'u32'),
  )
  startThread(1)
  startThread(2)
  startThread(9)
  die(9)
  sweepAs(SWEEPER)
  startThread(3)
  startThread(4, 3)
  const maker = makeSteppable(() => openAs(5))
  asThread(5, () =>
    crash(
      () => maker.key('never', 'u32'),
      (_, { publishesKey = false }) => publishesKey || owners().records.includes(5),
    ),
  )
  if (!owners().records.includes(5)) fail('thread 5 owns no record')
  for (const threadId of [3, 5]) die(threadId)
  return takeCheckpoint()
}

export const initial: Checkpoint = failingFast('initial state', build)
