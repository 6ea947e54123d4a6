// Sweeps and probes survive crashes and interference at every step: of the thread that sweeps, and of threads that claim
// something for the first time, park their waiters, or replace them. The method is that of harness/exploration.ts; the
// threads' waiters and deaths are simulated (harness/simulated-waits.ts).
import { test } from 'uvu'
import { ensureProbeable, isDead as probe } from '../../src/protocol/liveness.js'
import { reportProgress, testFailingFast } from './harness/progress.js'
import { asThread, die, simulated, turn } from './harness/simulated-waits.js'
import { crash, makeSteppable, type StepListener } from './harness/stepping.js'
import {
  ACTOR,
  attachAndCount,
  type Checkpoint,
  check,
  checkAtRest,
  initial,
  interferences,
  isDead,
  isNew,
  openAs,
  racing,
  restore,
  SAME_WORD,
  startThread,
  sweepAs,
  tableOf,
  takeCheckpoint,
  unlessFull,
} from './harness/sweep-world.js'

interface Scenario {
  readonly actor: number
  readonly prepare?: () => void
  /** Returns what is stepped through. */
  readonly start: () => () => void
}

const attach: Scenario = {
  actor: ACTOR,
  start() {
    const table = openAs(ACTOR)
    return () => unlessFull(() => attachAndCount(table, ACTOR))
  },
}

/** A thread becomes probeable without owning anything. */
function park(threadId: number): void {
  const { memory } = openAs(threadId)
  asThread(threadId, () => ensureProbeable(memory, threadId))
}

const sweep: Scenario = { actor: 1, start: () => () => sweepAs(1, tableOf(1)) }

const scenarios: { readonly [name: string]: Scenario } = {
  sweep,
  'sweep the default table, whose rows are freed as deaths are reported': {
    ...sweep,
    start: () => {
      const table = tableOf(1)
      return () => sweepAs(1, table, threadId => table.release(threadId))
    },
  },
  'sweep as a child of a running thread': {
    actor: ACTOR,
    prepare: () => startThread(ACTOR, 1),
    start: () => () => sweepAs(ACTOR, tableOf(ACTOR)),
  },
  'sweep where three threads died in the middle of a probe': {
    ...sweep,
    prepare() {
      for (const prober of [31, 32, 33]) {
        const { memory } = makeSteppable(() => openAs(prober))
        let steps = 0
        asThread(prober, () =>
          crash(
            () => void probe(memory, 2),
            // Behind the compare-and-swap, which is the third access.
            () => steps++ === 3,
          ),
        )
      }
    },
  },
  'attach to a free row': attach,
  'attach where all rows are taken': {
    ...attach,
    prepare: () => attachAndCount(openAs(40), 40),
  },
  'attach where other threads have the words, and one of them is dead': {
    ...attach,
    prepare() {
      for (let i = 0; i < 4; i++) park(ACTOR + i + SAME_WORD)
      die(ACTOR + 2 + SAME_WORD)
    },
  },
  'make a key': {
    actor: ACTOR,
    start() {
      const table = openAs(ACTOR)
      return () => unlessFull(() => void table.key('fresh', 'u32'))
    },
  },
  'replace the waiters that were woken': {
    actor: 2,
    prepare() {
      for (let i = 0; i < 8; i++) sweepAs(50)
    },
    start: () => () => turn(2),
  },
}

/** Of these, every ordered pair is tried. */
const PAIRED = [
  'another thread sweeps',
  'thread 2 dies',
  'another thread attaches and dies',
  'a sweep, and a new thread with the word of a dead one',
]

const counts = { undisturbed: 0, 'one other': 0, 'two others': 0, crash: 0, 'crash and crash': 0 }

function describing<R>(schedule: string, kind: keyof typeof counts, run: () => R): R {
  counts[kind]++
  reportProgress()
  try {
    return run()
  } catch (error) {
    if (error instanceof Error) error.message = `${schedule}: ${error.message}`
    throw error
  }
}

/** Runs the actor, unless it has died, to its end. Returns the number of steps. */
function runWith(
  { actor, start }: Scenario,
  from: Checkpoint,
  listener: StepListener,
  wasUndisturbed = false,
): number {
  restore(from)
  const run = makeSteppable(start)
  let steps = 0
  const hasDied = racing(() =>
    asThread(actor, () =>
      crash(run, (step, access) => {
        steps = step
        listener(step, access)
        return isDead(actor)
      }),
    ),
  )
  checkAtRest(!hasDied && wasUndisturbed)
  return steps
}

/** Crashes a thread before each step, and calls `then` each time. */
function crashAtEachStep(actor: number, start: () => () => void, then: (step: number) => void): void {
  const from = takeCheckpoint()
  for (let last = 0; ; last++) {
    restore(from)
    const run = makeSteppable(start)
    if (!asThread(actor, () => crash(run, step => step === last))) return
    die(actor)
    check()
    then(last)
  }
}

for (const [name, scenario] of Object.entries(scenarios)) {
  const startState = () => {
    restore(initial)
    scenario.prepare?.()
    return takeCheckpoint()
  }
  testFailingFast(`${name}: other threads, one or two at each step`, () => {
    const from = startState()
    const steps = describing('undisturbed', 'undisturbed', () => runWith(scenario, from, () => check(), true))
    if (steps < 10) throw new Error(`only ${steps} steps`)
    for (let at = 0; at <= steps; at++) {
      for (const [first, interfere] of Object.entries(interferences)) {
        describing(`${first} at step ${at}`, 'one other', () =>
          runWith(scenario, from, step => {
            if (step === at) asOther(interfere)
          }),
        )
      }
    }
    for (let at = 0; at <= steps; at++) {
      for (const first of PAIRED) {
        for (const second of PAIRED) {
          describing(`${first}, then ${second}, at step ${at}`, 'two others', () =>
            runWith(scenario, from, step => {
              if (step === at) for (const name of [first, second]) asOther(interferences[name] as () => void)
            }),
          )
        }
      }
    }
  })
  testFailingFast(`${name}: crashes`, () => {
    restore(startState())
    crashAtEachStep(scenario.actor, scenario.start, step => {
      const left = takeCheckpoint()
      describing(`crash at step ${step}`, 'crash', () => {
        if (isNew('crash')) checkAtRest()
      })
      restore(left)
      if (!isNew('second crash')) return
      const start = () => {
        const table = openAs(60)
        return () => sweepAs(60, table)
      }
      crashAtEachStep(60, start, second =>
        describing(
          `crash at step ${step}, then a sweep crashes at step ${second}`,
          'crash and crash',
          () => isNew('two crashes') && checkAtRest(),
        ),
      )
    })
  })
}

function asOther(interfere: () => void): void {
  const { acting } = simulated
  interfere()
  simulated.acting = acting
  check()
}

test.after(() => {
  for (const [kind, count] of Object.entries(counts)) if (count) console.log(`${count} schedules: ${kind}`)
})
test.run()
