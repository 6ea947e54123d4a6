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
 * Some work is skipped because it would only repeat itself. Its schedules count.
 * - What a new thread does, and what a check finds, depend on the bytes and the history alone. So neither is repeated
 *   for the same bytes and the same history.
 * - What a thread does next depends on the bytes and on what it has read before. So it isn't run on twice from the same
 *   step with the same bytes and the same history. And if a step only reads, and others leave the bytes that it reads as
 *   they are, then it makes no difference whether they come before that step or after it.
 *
 * A failure names its test and its schedule: "crash at step 17, released: …". There is no timing and no randomness, so
 * running that test file again reproduces it; to debug it, break on the step number in the listeners below.
 *
 * Do these tests find faults? mutations.ts lists plausible slips. mutations.test.ts plants each one in a copy of the
 * library, and requires one of these test files to fail on the copy.
 */
import { firstDifference } from '../../support/bytes.js'
import { openAs, release } from './actions.js'
import { initialState } from './initial-state.js'
import { interferences, singleOperations } from './interference.js'
import { adoptOutcomeOfCrash, checkAtRest, checkInvariants, isNew } from './invariants.js'
import { reportProgress } from './progress.js'
import { ACTOR, type Scenario } from './scenarios.js'
import { type Checkpoint, current, fingerprint, restore, takeCheckpoint } from './state.js'
import { type Access, crash, makeSteppable, type StepListener, stepThrough } from './stepping.js'

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

/** A step of an operation that is undisturbed until then. */
interface Step {
  /** The state in which the step is taken. Consecutive steps in the same state have the same object. */
  readonly state: Checkpoint
  readonly reads: Access['reads']
}

/** Whether a step reads the same bytes in another state. */
const readsTheSame = ({ state, reads }: Step, { bytes }: Checkpoint): boolean =>
  reads !== undefined &&
  firstDifference(bytes.subarray(reads.start, reads.end), state.bytes.subarray(reads.start, reads.end)) < 0

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
    listener(step: number, access: Access) {
      if (access.publishesKey && !hasRaced) {
        hasRaced = true
        race?.()
      }
      listener(step, access)
    },
  }
}

/** Adds the step that is taken next. */
function recordStep(steps: Step[], { reads }: Access): void {
  const id = fingerprint()
  const last = steps.at(-1)?.state
  steps.push({ state: last?.id === id ? last : takeCheckpoint(id), reads })
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

/** The steps of an undisturbed operation, and its end. */
function stepsOf(scenario: Scenario, start: Checkpoint, threadId: number): readonly Step[] {
  const steps: Step[] = []
  restore(start)
  const { run, listener } = startThread(scenario, threadId, (_, access) => recordStep(steps, access))
  stepThrough(run, listener)
  return steps
}

/** Ends an operation at a step. Returns false if it has fewer steps. */
function endAt(last: number, scenario: Scenario, start: Checkpoint, threadId: number): boolean {
  restore(start)
  const { run, listener } = startThread(scenario, threadId)
  const hasEnded = crash(run, (step, access) => {
    listener(step, access)
    return step === last
  })
  if (!hasEnded) return false
  checkInvariants()
  adoptOutcomeOfCrash()
  checkInvariants()
  return true
}

/** The supervisor releases a thread that has crashed, and repairs what it has left in the middle of a release. */
function releaseCrashed({ repair }: Scenario, threadId: number, isRepaired = true): void {
  release(threadId)
  if (repair && isRepaired) {
    repair()
    current.pending = undefined
  }
  checkInvariants()
}

/** A name, and whole operations of other threads, one after the other. */
type Interference = readonly [name: string, operations: readonly (() => void)[]]

/** The state after whole operations of other threads. The invariants hold after each. */
function outcomeOf(operations: readonly (() => void)[], before: Checkpoint): Checkpoint {
  restore(before)
  for (const operation of operations) {
    operation()
    checkInvariants()
  }
  return takeCheckpoint()
}

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
  /** The steps of the undisturbed operation, and its end. */
  readonly #steps: Step[] = []

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
    const check = (_: number, access: Access) => {
      checkInvariants()
      recordStep(this.#steps, access)
    }
    return this.#runWith('undisturbed', check, true)
  }

  /** At each step, one whole operation of another thread: each of `interferences`, and each of the scenario's own. */
  withOneInterference(): void {
    this.#withInterferences(
      'one other',
      Object.entries({ ...interferences, ...this.#scenario.others }).map(([name, run]) => [name, [run]]),
    )
  }

  /** At each step, two whole operations of other threads: each ordered pair of the scenario's own, or of `singleOperations`. */
  withTwoInterferences(): void {
    const operations = Object.entries(this.#scenario.others ?? singleOperations)
    const pairs = operations.flatMap(([firstName, first]) =>
      operations.map(([name, second]): Interference => [`${firstName}, then ${name}`, [first, second]]),
    )
    this.#withInterferences('two others', pairs)
  }

  /** At each step, each of these, unless the schedule equals another one. */
  #withInterferences(kind: 'one other' | 'two others', interferences: readonly Interference[]): void {
    if (this.#steps.length === 0) throw new Error('the undisturbed operation comes first')
    const outcomes = new Map<string, Checkpoint>()
    this.#steps.forEach((step, at) => {
      if (step.state !== this.#steps[at - 1]?.state) outcomes.clear()
      const isStateKept = step.state === this.#steps[at + 1]?.state
      const known = new Set<string>()
      for (const [name, operations] of interferences) {
        countSchedule(kind)
        const schedule = `${name}, at step ${at}`
        const outcome =
          outcomes.get(name) ?? describingErrors(schedule, () => outcomeOf(operations, step.state))
        outcomes.set(name, outcome)
        if (known.has(outcome.id) || (isStateKept && readsTheSame(step, outcome))) continue
        known.add(outcome.id)
        this.#runWith(schedule, now => {
          if (now === at) restore(outcome)
        })
      }
    })
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
    for (const step of this.#endAtEachStep('crash')) {
      countSchedule('crash')
      describingErrors(`crash at step ${step}, released`, checkAtRest)
    }
  }

  /**
   * A crash at each step, then a crash at each step of the thread that comes next. A third thread must find everything
   * in order. If the supervisor has to repair what the first crash left, the next thread does the same before that.
   */
  crashesOfTwo(): void {
    const { repair } = this.#scenario
    const next = this.#scenario.next ?? this.#scenario
    for (const step of this.#endAtEachStep('crash', false)) {
      // What the next thread does depends on bytes and history alone.
      if (!isNew(`crash before ${operationNumber(next)}`)) continue
      const left = takeCheckpoint()
      for (const [name, arrive] of Object.entries(repair ? ARRIVALS : { nobody() {} })) {
        const schedule = `crash at step ${step}, then ${name}, then the next thread`
        describingErrors(schedule, () => {
          restore(left)
          arrive()
          checkInvariants()
          this.#crashesOfNext(next, takeCheckpoint())
        })
      }
    }
  }

  /** A crash at each step of the thread that comes next, except where it would leave the same state as one step before. */
  #crashesOfNext(next: Scenario, start: Checkpoint): void {
    const threadId = this.#actor + NEXT_ID
    const steps = stepsOf(next, start, threadId)
    steps.forEach(({ state }, step) => {
      countSchedule('crash and crash')
      if (state === steps[step - 1]?.state) return
      describingErrors(`crash at step ${step}, released`, () => {
        if (!endAt(step, next, start, threadId)) throw new Error('the operation has fewer steps than before')
        releaseCrashed(next, threadId)
        if (!isNew(`two crashes before ${operationNumber(next)}`)) return
        const third = startThread(next, this.#actor + 2 * NEXT_ID)
        third.run()
        third.after()
        checkAtRest()
      })
    })
  }

  /** The distinct states that a crash can leave behind, or an error after which the thread runs on. */
  statesAfter(end: 'crash' | 'error'): Checkpoint[] {
    const states: Checkpoint[] = []
    for (const _ of this.#endAtEachStep(end)) {
      if (isNew('states left behind')) states.push(takeCheckpoint())
    }
    return states
  }

  /** Ends the operation at step 0, at step 1, and so on, and yields each of these steps. Crashed threads are released. */
  *#endAtEachStep(end: 'crash' | 'error', isRepaired = true): Generator<number> {
    for (let step = 0; ; step++) {
      const hasEnded = describingErrors(`${end} at step ${step}`, () => {
        if (!endAt(step, this.#scenario, this.#start, this.#actor)) return false
        if (end === 'crash') releaseCrashed(this.#scenario, this.#actor, isRepaired)
        return true
      })
      if (!hasEnded) return
      yield step
    }
  }
}
