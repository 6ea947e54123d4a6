/*
 * The method: every schedule of an operation, to a limited depth, in one thread.
 *
 * The protocol promises that no value is lost, counted twice or misread, even if threads are terminated between any two
 * accesses to shared memory, and whatever other threads do in between. Real threads would reach the interesting
 * instants only by luck. Here, a single thread plays all of them:
 *
 * - An operation, such as attaching to a row, is run step by step. A step is one access to shared memory; the harness
 *   intercepts each one before it happens (stepping.ts).
 * - A schedule says what happens at which step. There are five kinds: nothing happens; the thread crashes; it crashes,
 *   and so does the thread that comes next; another thread runs one whole operation; other threads run two. For every
 *   operation (scenarios.ts), every step, and every operation of the other threads (interference.ts), the schedule is
 *   run. Nothing is sampled.
 * - At each point, the table is read in every way that the library offers, and compared with what the threads have
 *   acknowledged (history.ts, invariants.ts). When all is quiet, rows and key records must be accounted for as well.
 *
 * Not tried: other threads at two different steps of one operation, and other threads that are in the middle of an
 * operation themselves, unless they have crashed there.
 *
 * Some work is skipped because it would only repeat itself. A thread's operation depends on the bytes and on what the
 * thread has read before; what a new thread does, and what a check finds, depends on the bytes and the history alone.
 * So a check or a new thread's operation isn't repeated for the same bytes and the same history. Its schedule counts.
 *
 * A failure names its test and its schedule: "crash at step 17, released: …". There is no timing and no randomness, so
 * running that test file again reproduces it; to debug it, break on the step number in the listeners below.
 *
 * Do these tests find faults? mutations.ts lists plausible slips. mutations.test.ts plants each one in a copy of the
 * library, and requires one of these test files to fail on the copy.
 */
import { openAs, release } from './actions.js'
import { initialState } from './initial-state.js'
import { interferences, singleOperations } from './interference.js'
import { adoptOutcomeOfCrash, checkAtRest, checkInvariants, isNew } from './invariants.js'
import { reportProgress } from './progress.js'
import { ACTOR, type Scenario } from './scenarios.js'
import { type Checkpoint, current, fingerprint, restore, takeCheckpoint } from './state.js'
import { crash, makeSteppable, type StepListener, stepThrough } from './stepping.js'

/** How many schedules of each kind were run. */
export const scheduleCounts = {
  undisturbed: 0,
  crash: 0,
  'crash and crash': 0,
  'one other': 0,
  'two others': 0,
}

function countSchedule(kind: keyof typeof scheduleCounts): void {
  scheduleCounts[kind]++
  reportProgress()
}

/** Runs a part of a schedule. Errors that it throws get the schedule's description in front of their message. */
export function describingErrors<T>(schedule: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof Error) error.message = `${schedule}: ${error.message}`
    throw error
  }
}

/** Starts a scenario's thread in the current state. Its `run` is to be stepped through with its `listener`. */
function startThread({ start, race }: Scenario, threadId: number, listener: StepListener = () => {}) {
  const { run, after } = makeSteppable(() => start(openAs(threadId), threadId))
  let hasRaced = race === undefined
  return {
    run,
    after: () => after?.(),
    hasRaced: () => hasRaced,
    listener(step: number, publishesKey: boolean) {
      if (publishesKey && !hasRaced) {
        hasRaced = true
        race?.()
      }
      listener(step, publishesKey)
    },
  }
}

const operationNumbers = new Map<Scenario['start'], number>()

/** A number that identifies the operation of a scenario. */
function operationNumber({ start }: Scenario): number {
  const number = operationNumbers.get(start) ?? operationNumbers.size
  operationNumbers.set(start, number)
  return number
}

/** Thread ids are never reused: each successor of the actor has an id that is greater by this. */
const NEXT_ID = 100

/** What may come between the crash of a release and its repetition. */
const ARRIVALS: { readonly [name: string]: () => void } = {
  nobody() {},
  'another thread': interferences['another thread attaches'] as () => void,
}

/** All schedules of one scenario that begin in one state. `actor` is the thread that is stepped through. */
export class Exploration {
  readonly #scenario: Scenario
  readonly #start: Checkpoint
  readonly #actor: number
  #steps = 0

  constructor(scenario: Scenario, start: Checkpoint = initialState, actor: number = ACTOR) {
    this.#scenario = scenario
    this.#actor = actor
    restore(start)
    scenario.prepare?.()
    this.#start = takeCheckpoint()
  }

  /** Nobody interferes; the invariants are checked at each step. Returns the number of steps. */
  undisturbed(): number {
    countSchedule('undisturbed')
    this.#steps = this.#runWith('undisturbed', checkInvariants, true)
    return this.#steps
  }

  /** At each step, one whole operation of another thread: one schedule for each of `interferences`. */
  withOneInterference(): void {
    for (let at = 0; at <= this.#steps; at++) {
      for (const [name, interfere] of Object.entries(interferences)) {
        countSchedule('one other')
        this.#runWith(`${name} at step ${at}`, step => {
          if (step === at) {
            interfere()
            checkInvariants()
          }
        })
      }
    }
  }

  /** At each step, two whole operations of other threads: one schedule for each ordered pair of `singleOperations`. */
  withTwoInterferences(): void {
    // The outcome of two operations depends on bytes and history alone, and these are often the same at the next step.
    let state = ''
    const outcomes = new Map<string, Checkpoint>()
    for (let at = 0; at <= this.#steps; at++) {
      for (const [firstName, first] of Object.entries(singleOperations)) {
        for (const [secondName, second] of Object.entries(singleOperations)) {
          const names = `${firstName}, then ${secondName}`
          countSchedule('two others')
          this.#runWith(`${names}, at step ${at}`, step => {
            if (step !== at) return
            const now = fingerprint()
            if (now !== state) outcomes.clear()
            state = now
            const known = outcomes.get(names)
            if (known) return restore(known)
            first()
            checkInvariants()
            second()
            checkInvariants()
            outcomes.set(names, takeCheckpoint())
          })
        }
      }
    }
  }

  /** Runs the operation to its end and calls `listener` at each step. Returns the number of steps. */
  #runWith(schedule: string, listener: StepListener, mustRace = false): number {
    return describingErrors(schedule, () => {
      restore(this.#start)
      const actor = startThread(this.#scenario, this.#actor, listener)
      const steps = stepThrough(actor.run, actor.listener)
      if (mustRace && !actor.hasRaced()) throw new Error('the actor never tried to publish a key')
      actor.after()
      checkAtRest()
      return steps
    })
  }

  /** A crash at each step, after which the supervisor releases the thread. */
  crashes(): void {
    for (const step of this.#endAtEachStep(this.#actor, this.#scenario, this.#start)) {
      countSchedule('crash')
      describingErrors(`crash at step ${step}, released`, checkAtRest)
    }
  }

  /**
   * A crash at each step, then a crash at each step of the thread that comes next. A third thread must find everything
   * in order. If the supervisor has to repair what the first crash left, the next thread does the same before that.
   */
  crashesOfTwo(): void {
    const { repair, ...first } = this.#scenario
    const next = first.next ?? this.#scenario
    const operation = operationNumber(next)
    for (const step of this.#endAtEachStep(this.#actor, first, this.#start)) {
      // What the next thread does depends on bytes and history alone.
      if (!isNew(`crash before ${operation}`)) continue
      const left = takeCheckpoint()
      for (const [name, arrive] of Object.entries(repair ? ARRIVALS : { nobody() {} })) {
        const schedule = `crash at step ${step}, then ${name}, then the next thread`
        describingErrors(schedule, () => {
          restore(left)
          arrive()
          checkInvariants()
        })
        const nextId = this.#actor + NEXT_ID
        for (const nextStep of this.#endAtEachStep(nextId, next, takeCheckpoint(), schedule)) {
          countSchedule('crash and crash')
          describingErrors(`${schedule}: crash at step ${nextStep}, released`, () => {
            if (!isNew(`two crashes before ${operation}`)) return
            const third = startThread(next, this.#actor + 2 * NEXT_ID)
            third.run()
            third.after()
            checkAtRest()
          })
        }
      }
    }
  }

  /** The distinct states that a crash can leave behind, or an error after which the thread runs on. */
  statesAfter(end: 'crash' | 'error'): Checkpoint[] {
    const states: Checkpoint[] = []
    for (const _ of this.#endAtEachStep(this.#actor, this.#scenario, this.#start, '', end)) {
      if (isNew('states left behind')) states.push(takeCheckpoint())
    }
    return states
  }

  /**
   * Ends the operation at step 0, at step 1, and so on, and yields each of these steps. After a crash, the supervisor
   * has released the thread by then.
   */
  *#endAtEachStep(
    threadId: number,
    scenario: Scenario,
    start: Checkpoint,
    before = '',
    end: 'crash' | 'error' = 'crash',
  ): Generator<number> {
    for (let last = 0; ; last++) {
      const isThrough = describingErrors(`${before && `${before}: `}${end} at step ${last}`, () => {
        restore(start)
        const { run, listener } = startThread(scenario, threadId)
        const hasCrashed = crash(run, (step, publishesKey) => {
          listener(step, publishesKey)
          return step === last
        })
        if (!hasCrashed) return true
        checkInvariants()
        adoptOutcomeOfCrash()
        checkInvariants()
        if (end === 'error') return false
        release(threadId)
        if (scenario.repair) {
          scenario.repair()
          current.pending = undefined
        }
        checkInvariants()
        return false
      })
      if (isThrough) return
      yield last
    }
  }
}
