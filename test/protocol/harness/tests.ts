/*
 * The scenarios as tests. To attach to what the end of another attachment in its middle leaves is a scenario for each
 * thing that it can leave.
 */
import { test } from 'uvu'
import { variables } from '../../support/variables.js'
import { Exploration, inside, schedules } from './explore.js'
import { ACTOR, HEIR, type Scenario, scenarios } from './scenarios.js'

/** Runs schedules of a scenario. */
type Explore = (exploration: Exploration) => void

/** A test that stops all the others if it fails, where a planted fault is looked for: test/mutations.test.ts. */
export function testAlone(name: string, run: () => void): void {
  test(name, () => {
    try {
      run()
    } catch (error) {
      if (variables.STOP_AT_FIRST === undefined) throw error
      console.log(`\nfound: ${name}: ${(error as Error).message}`)
      process.exit(1)
    }
  })
}

/** A test for each operation. */
export function testOperations(explore: Explore): void {
  for (const [name, scenario] of Object.entries(scenarios)) {
    testAlone(name, () => explore(new Exploration(scenario)))
  }
}

/** Tests of attachments to rows whose last claimer crashed, at any step of its own attachment. */
export const testHandovers = (explore: Explore): void =>
  testAfter('crash', 'after one that crashed', HEIR, explore)

/**
 * Tests of attachments of threads whose own last attempt threw, at any step: such a thread has its row by then, and
 * the row may name it, and still not count.
 */
export const testRetries = (explore: Explore): void =>
  testAfter('error', 'after an attempt that threw', ACTOR, explore)

function testAfter(end: 'crash' | 'error', words: string, actor: number, explore: Explore): void {
  for (const name of ['attach to a virgin row', 'attach to the row of the dead']) {
    testAlone(`${name}, ${words}`, () => {
      const scenario = scenarios[name] as Scenario
      const { prepare: _, ...attaching } = scenario
      const remains = new Exploration(scenario).remains(end)
      // A claim that is taken back leaves nothing. But what follows does: bank, state, live area, valuesOf, state.
      if (remains.length < 4) throw new Error(`no more than ${remains.length} things are left`)
      remains.forEach((moment, i) => {
        inside(`left by ${end} ${i}`, () => explore(new Exploration(attaching, moment, actor)))
      })
    })
  }
}

/** Says how many schedules there were of each kind, and runs the tests. */
export function runAll(): void {
  test.after(() => {
    for (const [kind, count] of Object.entries(schedules))
      if (count) console.log(`${count} schedules: ${kind}`)
  })
  test.run()
}
