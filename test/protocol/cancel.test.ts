/*
 * Tickets of cancellable runs: whatever the thread that issued them does, and wherever it dies, polls find what its actions
 * say, and no ticket is taken for another. Table objects stand for threads, and a thread may have several copies of the module.
 *
 * test/model/cancel.test.ts has long histories.
 */
import { test } from 'uvu'
import { OwnRuns } from '../../src/cancel/own-runs.js'
import { RemoteRuns } from '../../src/cancel/remote-runs.js'
import { CHUNK_BYTES, chunkName, decode } from '../../src/cancel/tickets.js'
import { SlotTable } from '../../src/table/slot-table.js'
import { testFailingFast } from './harness/progress.js'
import { crash, makeSteppable, stepThrough } from './harness/stepping.js'

/** The thread that issues tickets, the one that takes its row once it is dead, and one that polls. */
const [ISSUER, HEIR, POLLER] = [5, 6, 7] as const

const { buffer } = SlotTable.create({
  maxThreads: 1,
  rowBytes: CHUNK_BYTES,
  maxKeys: 1,
  threadId: 0,
  parentThreadId: -1,
})
const bytes = new Uint8Array(buffer)
const emptyTable = bytes.slice()

const openAs = (threadId: number, table = buffer): SlotTable =>
  SlotTable.from(table, { threadId, parentThreadId: -1 })

const describe = (ticket: number): string => JSON.stringify(decode(ticket))

/** One thread's runs, and what polls must find. */
class Issuer {
  readonly #threadId: number
  readonly #copies: readonly OwnRuns[]
  readonly tickets: number[] = []
  readonly #copyOf = new Map<number, OwnRuns>()
  readonly #alive = new Set<number>()
  isReleased = false
  readonly #pollersTable = openAs(POLLER)
  /** Polls ticket after ticket, of its heir too. */
  readonly #busyPoller: RemoteRuns
  /** Each polls one ticket, as a task does. */
  readonly #patientPollers = new Map<number, RemoteRuns>()

  constructor(threadId: number, copies = 1, predecessor?: Issuer) {
    this.#threadId = threadId
    this.#busyPoller = predecessor ? predecessor.#busyPoller : new RemoteRuns(this.#pollersTable)
    this.#copies = Array.from({ length: copies }, () => makeSteppable(() => new OwnRuns(openAs(threadId))))
  }

  issue(copy = 0): number {
    const runs = this.#copies[copy] as OwnRuns
    const ticket = runs.issue()
    if (this.tickets.includes(ticket)) throw new Error(`${describe(ticket)} is issued twice`)
    this.tickets.push(ticket)
    this.#alive.add(ticket)
    this.#copyOf.set(ticket, runs)
    this.#patientPollers.set(ticket, new RemoteRuns(this.#pollersTable))
    return ticket
  }

  finish(ticket: number): void {
    this.#copyOf.get(ticket)?.finish(ticket)
    this.#alive.delete(ticket)
  }

  release(): void {
    this.isReleased = true
    this.#pollersTable.release(this.#threadId)
  }

  /** Takes all words but the first ones, with runs that never end, so that these are soon used again. */
  leaveWords(count: number): void {
    const table = openAs(this.#threadId)
    const [key] = table.keys()
    if (key?.name === chunkName(0)) (table.attach().slot(key).value as Float64Array).fill(1, count)
  }

  isOver(ticket: number): boolean {
    return !this.isReleased && !this.#alive.has(ticket)
  }

  /** Polls all tickets. One whose run is being finished may be over or not. */
  check(where: string, finishing?: number): void {
    for (const ticket of this.tickets) {
      if (ticket === finishing) continue
      const pollers = {
        'a thread with many tickets': this.#busyPoller,
        'a thread with this ticket': this.#patientPollers.get(ticket),
        'a thread that has just got it': new RemoteRuns(this.#pollersTable),
      }
      for (const [poller, runs] of Object.entries(pollers)) {
        if (runs?.isOver(ticket) === this.isOver(ticket)) continue
        throw new Error(
          `${where}: for ${poller}, ${describe(ticket)} is ${this.isOver(ticket) ? 'not ' : ''}over`,
        )
      }
    }
  }
}

/** A thread that has issued a ticket in the first of the words that it has left. */
function startIssuer(copies: number, words = 1): { readonly issuer: Issuer; readonly ticket: number } {
  bytes.set(emptyTable)
  const issuer = new Issuer(ISSUER, copies)
  const ticket = issuer.issue()
  issuer.leaveWords(words)
  return { issuer, ticket }
}

/** To issue by one of two copies, or to finish a run, which may be over. */
type Action = { readonly issue: number } | { readonly finish: number }

function* histories(length: number, runs: number): Generator<readonly Action[]> {
  if (length === 0) {
    yield []
    return
  }
  const issues = [0, 1].map(issue => ({ issue }))
  const finishes = Array.from({ length: runs }, (_, finish) => ({ finish }))
  for (const action of [...issues, ...finishes])
    for (const rest of histories(length - 1, 'issue' in action ? runs + 1 : runs)) yield [action, ...rest]
}

for (const [words, expected] of [
  [1, 3],
  [2, 2],
] as const) {
  testFailingFast(
    `polls between any two stores find what is so, in all histories of six actions: free words: ${words}`,
    () => {
      let generations = 0
      for (const history of histories(5, 1)) {
        const { issuer } = startIssuer(2, words)
        history.forEach((action, i) => {
          const finishing = 'finish' in action ? issuer.tickets[action.finish] : undefined
          const where = `${JSON.stringify(history)}, action ${i}`
          const act = () => {
            try {
              if ('issue' in action) issuer.issue(action.issue)
              else issuer.finish(finishing as number)
            } catch (error) {
              // All words have runs.
              if (!(error instanceof RangeError)) throw error
            }
          }
          // As long as the issuer only reads, memory is as before.
          stepThrough(act, (step, { reads }) => !reads && issuer.check(`${where}, step ${step}`, finishing))
          issuer.check(where)
        })
        generations = Math.max(generations, ...issuer.tickets.map(ticket => decode(ticket).generation))
      }
      if (generations !== expected) throw new Error(`${generations} generations`)
    },
  )
}

interface LastAction {
  readonly issuer: Issuer
  readonly act: () => unknown
  /** The ticket of the run that it finishes. */
  readonly finishing?: number
}

/** What a thread does when it dies, after what it has done before. */
const lastActions: { readonly [name: string]: () => LastAction } = {
  'issues its first ticket'() {
    bytes.set(emptyTable)
    const issuer = new Issuer(ISSUER)
    return { issuer, act: () => issuer.issue() }
  },
  'issues another ticket'() {
    const { issuer } = startIssuer(1)
    return { issuer, act: () => issuer.issue() }
  },
  'uses a word again'() {
    const { issuer, ticket } = startIssuer(2)
    issuer.finish(ticket)
    return { issuer, act: () => issuer.issue(1) }
  },
  'finishes a run'() {
    const { issuer, ticket } = startIssuer(1)
    issuer.issue()
    return { issuer, act: () => issuer.finish(ticket), finishing: ticket }
  },
}

for (const [name, prepare] of Object.entries(lastActions)) {
  testFailingFast(
    `a thread that ${name} and dies at any step is forgotten, also by those that poll its heir`,
    () => {
      let crashes = 0
      for (let hasCrashed = true; hasCrashed; crashes++) {
        const { issuer, act, finishing } = prepare()
        hasCrashed = crash(act, step => step === crashes)
        const where = `crash at step ${crashes}`
        issuer.check(where, finishing)
        issuer.release()
        issuer.check(`${where}, released`)
        const heir = new Issuer(HEIR, 1, issuer)
        const actions = [() => heir.issue(), () => heir.issue(), () => heir.finish(heir.tickets[0] as number)]
        actions.forEach((action, i) => {
          stepThrough(action, (step, { reads }) => {
            if (!reads) issuer.check(`${where}, action ${i} of its heir, step ${step}`)
          })
          heir.check(`${where}, its heir has acted ${i + 1} times`)
        })
      }
      if (crashes < 2) throw new Error('it has no steps')
    },
  )
}

/** What happens while another thread stands at a step of a poll. */
const interferences: { readonly [name: string]: (issuer: Issuer, ticket: number) => void } = {
  'the run is finished': (issuer, ticket) => issuer.finish(ticket),
  'the run is finished, and its bit is used again'(issuer, ticket) {
    issuer.finish(ticket)
    issuer.issue(1)
  },
  'the thread is released': issuer => issuer.release(),
  'the run is finished, and the thread is released'(issuer, ticket) {
    issuer.finish(ticket)
    issuer.release()
  },
  'another thread takes the row'(issuer) {
    issuer.release()
    openAs(HEIR).attach()
  },
  'another thread has a run in the same place'(issuer, ticket) {
    issuer.release()
    const { threadId, ...place } = decode(new Issuer(HEIR).issue())
    if (describe(ticket) !== JSON.stringify({ threadId: ISSUER, ...place })) throw new Error('another place')
  },
  'another thread has finished a run in the same place'(issuer) {
    issuer.release()
    const heir = new Issuer(HEIR)
    heir.finish(heir.issue())
  },
}

for (const [name, interfere] of Object.entries(interferences)) {
  testFailingFast(`a poll finds what was so before or after: ${name}`, () => {
    for (const isOver of [false, true]) {
      for (const hasPolled of [false, true]) {
        let stop = 0
        for (let isReached = true; isReached; stop++) {
          isReached = false
          const { issuer, ticket } = startIssuer(2)
          if (isOver) issuer.finish(ticket)
          const poller = makeSteppable(() => new RemoteRuns(openAs(POLLER)))
          if (hasPolled) poller.isOver(ticket)
          const possible = new Set([issuer.isOver(ticket)])
          let found: boolean | undefined
          stepThrough(
            () => {
              found = poller.isOver(ticket)
            },
            step => {
              if (step !== stop) return
              isReached = true
              interfere(issuer, ticket)
            },
          )
          possible.add(issuer.isOver(ticket))
          // It was over until its thread was released.
          if (name.startsWith('the run is finished')) possible.add(true)
          const where = `over before: ${isOver}, polled before: ${hasPolled}, step ${stop}`
          if (found === undefined || !possible.has(found)) throw new Error(`${where}: found ${found}`)
          if (poller.isOver(ticket) !== issuer.isOver(ticket)) throw new Error(`${where}: the next poll errs`)
          issuer.check(where)
        }
        if (stop < 3) throw new Error(`only ${stop} steps`)
      }
    }
  })
}

test.run()
