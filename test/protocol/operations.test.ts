// The protocol withstands one whole operation of another thread, of every kind, at every step of every operation.
// The method is explained in harness/exploration.ts. Crashes (crashes.test.ts) and two operations at the same step
// (pairs.test.ts, handovers.test.ts) have files of their own, because they take longer.
import * as assert from 'uvu/assert'
import type { Exploration } from './harness/exploration.js'
import { runTests, testHandovers, testOperations } from './harness/scenario-tests.js'

function explore(exploration: Exploration): void {
  const steps = exploration.undisturbed()
  assert.ok(steps > 3, `only ${steps} steps`)
  exploration.withOneInterference()
}

testOperations(explore)
testHandovers(explore)

runTests()
