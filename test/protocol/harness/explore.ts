/*
 * All schedules of a scenario, to a depth: the actor alone; a crash at each step; a crash at each step followed by one
 * at each step of who comes next; other threads' whole operations at each step, one or two of them, of each kind each.
 *
 * Nothing is sampled. What is left out is what would only happen once more: a thread's operation depends on the bytes,
 * and on what it has read before; what a new thread does, and what a check finds, on the bytes and the history alone
 * (thread ids are given by the history). Not tried: others' operations at two different steps of one, or others that
 * are themselves in the middle of an operation, unless they have crashed there.
 */
import { check, checkAtRest, isNew, settle } from './checks.js'
import { others } from './others.js'
import { ACTOR, type Scenario } from './scenarios.js'
import { crash, type Stand, stepThrough, watch } from './steps.js'
import { as, bury, capture, fingerprint, type Moment, origin, restore, world } from './world.js'

/** How many schedules of each kind were run. */
export const schedules = { undisturbed: 0, crash: 0, 'crash and crash': 0, 'one other': 0, 'two others': 0 }

/** Names the schedule in what is thrown. */
export function inside<T>(where: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof Error) error.message = `${where}: ${error.message}`
    throw error
  }
}

/** What a thread does, from where the world is now: `run` is to be stepped through with `stand`. */
function course({ start, race }: Scenario, threadId: number, stand: Stand = () => {}) {
  const { run, after } = watch(() => start(as(threadId), threadId))
  let hasRaced = race === undefined
  return {
    run,
    after: () => after?.(),
    hasRaced: () => hasRaced,
    stand(step: number, isPublication: boolean) {
      if (isPublication && !hasRaced) {
        hasRaced = true
        race?.()
      }
      stand(step, isPublication)
    },
  }
}

const kinds = new Map<Scenario['start'], number>()

/** A number that stands for what a scenario's thread does. */
function kindOf({ start }: Scenario): number {
  const kind = kinds.get(start) ?? kinds.size
  kinds.set(start, kind)
  return kind
}

/** Thread ids are never used again: each that comes next has one that is so much greater. */
const NEXT = 100

/** Whoever comes before a release that was cut short is done again. */
const arrivals: { readonly [name: string]: () => void } = {
  nobody() {},
  'another thread': others['another thread attaches'] as () => void,
}

/** A scenario, the moment at which it begins, and the thread that acts in it. */
export class Exploration {
  readonly #scenario: Scenario
  readonly #start: Moment
  readonly #actor: number
  #steps = 0

  constructor(scenario: Scenario, start: Moment = origin, actor: number = ACTOR) {
    this.#scenario = scenario
    this.#actor = actor
    restore(start)
    scenario.prepare?.()
    this.#start = capture()
  }

  /** The number of steps, if nobody disturbs it. Others do no more than read, at each step. */
  undisturbed(): number {
    schedules.undisturbed++
    this.#steps = this.#interrupt('undisturbed', check, true)
    return this.#steps
  }

  /** One whole operation of each kind at each step. */
  withOne(): void {
    for (let at = 0; at <= this.#steps; at++) {
      for (const [name, other] of Object.entries(others)) {
        schedules['one other']++
        this.#interrupt(`${name} at step ${at}`, step => {
          if (step === at) {
            other()
            check()
          }
        })
      }
    }
  }

  /** Two whole operations, of each kind each, at each step. */
  withTwo(): void {
    // What two operations do depends on bytes and history alone, which are mostly the same at the next step.
    let state = ''
    const outcomes = new Map<string, Moment>()
    for (let at = 0; at <= this.#steps; at++) {
      for (const [first, one] of Object.entries(others)) {
        for (const [second, two] of Object.entries(others)) {
          const names = `${first}, then ${second}`
          schedules['two others']++
          this.#interrupt(`${names}, at step ${at}`, step => {
            if (step !== at) return
            const now = fingerprint()
            if (now !== state) outcomes.clear()
            state = now
            const known = outcomes.get(names)
            if (known) return restore(known)
            one()
            check()
            two()
            check()
            outcomes.set(names, capture())
          })
        }
      }
    }
  }

  /** Runs it to its end, with others in between; gives the number of steps. */
  #interrupt(where: string, stand: Stand, mustRace = false): number {
    return inside(where, () => {
      restore(this.#start)
      const actor = course(this.#scenario, this.#actor, stand)
      const steps = stepThrough(actor.run, actor.stand)
      if (mustRace && !actor.hasRaced()) throw new Error('there was no race')
      actor.after()
      checkAtRest()
      return steps
    })
  }

  /** A crash at each step, and the supervisor's work. */
  crashes(): void {
    for (const step of this.#crashes(this.#actor, this.#scenario, this.#start)) {
      schedules.crash++
      inside(`crash at step ${step}, released`, checkAtRest)
    }
  }

  /**
   * A crash at each step, then one at each step of who comes next. A third thread finds everything in order. Who comes
   * next to something that the supervisor has to repair comes before that: it is another one that does the same.
   */
  crashesOfTwo(): void {
    const { repair, ...first } = this.#scenario
    const next = first.next ?? this.#scenario
    const kind = kindOf(next)
    for (const step of this.#crashes(this.#actor, first, this.#start)) {
      // What comes next depends on bytes and history alone.
      if (!isNew(`crash before ${kind}`)) continue
      const left = capture()
      for (const [name, arrive] of Object.entries(repair ? arrivals : { nobody() {} })) {
        const before = `crash at step ${step}, then ${name}, then the next`
        inside(before, () => {
          restore(left)
          arrive()
          check()
        })
        for (const nextStep of this.#crashes(this.#actor + NEXT, next, capture(), before)) {
          schedules['crash and crash']++
          inside(`${before}: crash at step ${nextStep}, released`, () => {
            if (!isNew(`two crashes before ${kind}`)) return
            const third = course(next, this.#actor + 2 * NEXT)
            third.run()
            third.after()
            checkAtRest()
          })
        }
      }
    }
  }

  /** What a crash can leave behind, each once; or an error, of a thread that runs on. */
  remains(end: 'crash' | 'error'): Moment[] {
    const moments: Moment[] = []
    for (const _ of this.#crashes(this.#actor, this.#scenario, this.#start, '', end)) {
      if (isNew('remains')) moments.push(capture())
    }
    return moments
  }

  /** Ends what a thread does at each step; if it crashes there, the supervisor does its work each time. */
  *#crashes(
    threadId: number,
    scenario: Scenario,
    start: Moment,
    before = '',
    end: 'crash' | 'error' = 'crash',
  ): Generator<number> {
    for (let last = 0; ; last++) {
      const isOver = inside(`${before && `${before}: `}${end} at step ${last}`, () => {
        restore(start)
        const { run, stand } = course(scenario, threadId)
        const hasCrashed = crash(run, (step, isPublication) => {
          stand(step, isPublication)
          return step === last
        })
        if (!hasCrashed) return true
        check()
        settle()
        check()
        if (end === 'error') return false
        bury(threadId)
        if (scenario.repair) {
          scenario.repair()
          world.pending = undefined
        }
        check()
        return false
      })
      if (isOver) return
      yield last
    }
  }
}
