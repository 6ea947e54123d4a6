// Compares what each thread acknowledged with what it left, and adds up what the threads left: the totals of all dead
// threads must be exactly that.
import { onThreadExit, totals } from 'threadslots'
import {
  type Counters,
  differences,
  type Elements,
  elementsOf,
  fold,
  lasting,
  valuesAfter,
} from './counted-values.js'
import { type Death, isTerminated } from './deaths.js'
import { STEPS, THREAD } from './orders.js'

export class Ledger {
  /** Threads whose exit was not reported although they had acknowledged something, or was reported twice. */
  misreported = 0
  /** Steps that were acknowledged, but are missing from what the thread left or from the totals. */
  lost = 0
  /** Steps that are in what a thread left or in the totals, but were not done, or are counted twice. */
  extra = 0
  readonly problems: string[] = []
  readonly #counters: Counters
  /** What threads left whose exit was reported, but which are not settled yet. */
  readonly #reported = new Map<number, Elements>()
  readonly #settled = new Set<number>()
  readonly #unsubscribe: () => void
  #expected: Elements

  /** Covers the threads that this one starts from now on. */
  constructor(counters: Counters) {
    this.#counters = counters
    this.#expected = elementsOf(totals(counters, 'retired'))
    this.#unsubscribe = onThreadExit(counters, ({ threadId, values }) => {
      if (this.#reported.has(threadId) || this.#settled.has(threadId))
        this.#reportExitProblem(`the exit of thread ${threadId} was reported twice`)
      const left = elementsOf(values)
      this.#reported.set(threadId, left)
      this.#expected = fold(this.#expected, lasting(left))
    })
  }

  /** Checks a thread that has ended. Returns how many steps it has acknowledged. */
  settle(acknowledgement: Int32Array, death: Death, seed: string): number {
    const threadId = Atomics.load(acknowledgement, THREAD) - 1
    const steps = Atomics.load(acknowledgement, STEPS)
    const left = this.#reported.get(threadId)
    this.#reported.delete(threadId)
    this.#settled.add(threadId)
    if (left === undefined) {
      if (steps > 0)
        this.#reportExitProblem(
          `thread ${threadId} acknowledged ${steps} steps, but its exit was not reported; ${seed}`,
        )
      return steps
    }
    const [least, most] = [valuesAfter(steps), valuesAfter(steps + +isTerminated(death))]
    for (const [name, value] of Object.entries(left)) {
      if (value === least[name] || value === most[name]) continue
      this.problems.push(
        `thread ${threadId} (${death}) acknowledged ${steps} steps, but left ${name} = ${value}; ${seed}`,
      )
    }
    // A key that the thread hasn't used is missing from what it left. After the first step, it has used all of them.
    if (steps > 0 && Object.keys(left).length < Object.keys(least).length) {
      this.problems.push(`thread ${threadId} left only ${Object.keys(left)} after ${steps} steps; ${seed}`)
    }
    this.#compareCounts(steps, Number(left.steps ?? 0), +isTerminated(death))
    return steps
  }

  /** Compares the totals with what all threads left. No thread may run any more. */
  close(): void {
    this.#unsubscribe()
    const found = elementsOf(totals(this.#counters, 'retired'))
    const wrong = differences(this.#expected, found)
    if (wrong.length > 0) this.problems.push(`totals of dead threads: ${wrong.join(', ')}`)
    this.#compareCounts(Number(this.#expected.steps), Number(found.steps), 0)
    const live = differences(valuesAfter(0), {
      ...valuesAfter(0),
      ...elementsOf(totals(this.#counters, 'live')),
    })
    if (live.length > 0)
      this.problems.push(`totals of running threads, of which there are none: ${live.join(', ')}`)
  }

  /** `unacknowledged`: how many more steps may have been done. */
  #compareCounts(expected: number, found: number, unacknowledged: number): void {
    this.lost += Math.max(0, expected - found)
    this.extra += Math.max(0, found - expected - unacknowledged)
  }

  #reportExitProblem(problem: string): void {
    this.misreported++
    this.problems.push(problem)
  }
}
