/*
 * Turns scenarios into tests, one for each. A test file chooses which schedules its tests run.
 */
import { test } from 'uvu'
import { describingErrors, Exploration, scheduleCounts } from './exploration.js'
import { testFailingFast } from './progress.js'
import { ACTOR, type Scenario, SUCCESSOR, scenarios } from './scenarios.js'
import type { Checkpoint } from './state.js'

/** Runs some of the schedules of a scenario. */
type Explore = (exploration: Exploration) => void

/** Declares a test for each scenario. `schedules` says which ones it runs, if the file has several tests of a scenario. */
export function testOperations(explore: Explore, schedules = ''): void {
  for (const [name, scenario] of Object.entries(scenarios)) {
    testFailingFast(name + schedules, () => explore(new Exploration(scenario)))
  }
}

/** Declares tests of attaching to a row whose last claimer crashed while it was attaching, at any step. */
export const testHandovers = (explore: Explore, schedules = ''): void =>
  testAfter('crash', `after an attach that crashed${schedules}`, SUCCESSOR, explore)

/**
 * Declares tests of attaching again after an attempt of the same thread threw, at any step. By then, the row may be
 * claimed by the thread and even name it as the owner of its values, and still not be counted.
 */
export const testRetries = (explore: Explore, schedules = ''): void =>
  testAfter('error', `after an attempt that threw${schedules}`, ACTOR, explore)

const knownStates = new Map<string, readonly Checkpoint[]>()

/** The distinct states that a scenario can leave behind. */
function statesAfter(end: 'crash' | 'error', name: string): readonly Checkpoint[] {
  const states =
    knownStates.get(`${end} ${name}`) ?? new Exploration(scenarios[name] as Scenario).statesAfter(end)
  knownStates.set(`${end} ${name}`, states)
  return states
}

function testAfter(end: 'crash' | 'error', condition: string, actor: number, explore: Explore): void {
  for (const name of ['attach to a row that no thread has owned', "attach to a dead thread's row"]) {
    testFailingFast(`${name}, ${condition}`, () => {
      const { prepare: _, ...attaching } = scenarios[name] as Scenario
      const states = statesAfter(end, name)
      // The claim changes nothing if it is taken back, but each later stage of attaching leaves a state of its own: the
      // bank is written, the row's state changes, the live area is cleared, its owner is named, the state changes again.
      if (states.length < 4) throw new Error(`only ${states.length} different states were left behind`)
      states.forEach((state, i) => {
        describingErrors(`state ${i} after a ${end}`, () => explore(new Exploration(attaching, state, actor)))
      })
    })
  }
}

/** Runs the tests, then prints how many schedules of each kind there were. */
export function runTests(): void {
  test.after(() => {
    for (const [kind, count] of Object.entries(scheduleCounts))
      if (count) console.log(`${count} schedules: ${kind}`)
  })
  test.run()
}
