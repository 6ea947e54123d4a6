// Compares what threads acknowledged with what they left, and adds it up: the sums must be that to the last count.
import { onThreadExit, totals } from 'threadslots'
import { type Death, isTerminated, STEPS, THREAD } from './deaths.js'
import { after, differing, type Flat, flat, fold, type Local } from './model.js'

export class Ledger {
  /** Threads that acknowledged something and were not told of, or were told of twice. */
  missed = 0
  /** Steps that were acknowledged, and are not in the values that the thread left, or in the sums. */
  lost = 0
  /** Steps that are there, and were never done; or those of one thread that are there twice. */
  extra = 0
  readonly problems: string[] = []
  readonly #local: Local
  /** Values of threads that are told of and not settled yet. */
  readonly #told = new Map<number, Flat>()
  readonly #settled = new Set<number>()
  readonly #unsubscribe: () => void
  #expected: Flat

  /** Of the threads that this one starts from now on. */
  constructor(local: Local) {
    this.#local = local
    this.#expected = flat(totals(local, 'retired'))
    this.#unsubscribe = onThreadExit(local, ({ threadId, values }) => {
      if (this.#told.has(threadId) || this.#settled.has(threadId))
        this.#miss(`thread ${threadId} was told of twice`)
      const left = flat(values)
      this.#told.set(threadId, left)
      this.#expected = fold(this.#expected, left)
    })
  }

  /** A thread that ended, and where it acknowledged. Returns how many steps are acknowledged. */
  settle(place: Int32Array, death: Death, seed: string): number {
    const threadId = Atomics.load(place, THREAD) - 1
    const steps = Atomics.load(place, STEPS)
    const left = this.#told.get(threadId)
    this.#told.delete(threadId)
    this.#settled.add(threadId)
    if (left === undefined) {
      if (steps > 0)
        this.#miss(`thread ${threadId} acknowledged ${steps} steps, and nobody was told; ${seed}`)
      return steps
    }
    const [least, most] = [after(steps), after(steps + +isTerminated(death))]
    for (const [name, value] of Object.entries(left)) {
      if (value === least[name] || value === most[name]) continue
      this.problems.push(
        `thread ${threadId} (${death}) acknowledged ${steps} steps, and left ${name} ${value}; ${seed}`,
      )
    }
    // What it had not used yet is not there, which is right before the first step only.
    if (steps > 0 && Object.keys(left).length < Object.keys(least).length) {
      this.problems.push(`thread ${threadId} left ${Object.keys(left)} alone, after ${steps} steps; ${seed}`)
    }
    this.#difference(steps, Number(left.steps ?? 0), +isTerminated(death))
    return steps
  }

  /** When no thread counts any more: all sums are what the threads left, to the last count. */
  close(): void {
    this.#unsubscribe()
    const found = flat(totals(this.#local, 'retired'))
    const differences = differing(this.#expected, found)
    if (differences.length > 0) this.problems.push(`of all dead threads, ${differences.join(', ')}`)
    this.#difference(Number(this.#expected.steps), Number(found.steps), 0)
    const live = differing(after(0), { ...after(0), ...flat(totals(this.#local, 'live')) })
    if (live.length > 0) this.problems.push(`of running threads, of which there are none, ${live.join(', ')}`)
  }

  #difference(expected: number, found: number, mayBeMore: number): void {
    this.lost += Math.max(0, expected - found)
    this.extra += Math.max(0, found - expected - mayBeMore)
  }

  #miss(problem: string): void {
    this.missed++
    this.problems.push(problem)
  }
}
