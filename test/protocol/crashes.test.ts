// The protocol survives a crash at every step of every operation, and a second crash at every step of the thread that
// comes next. The method is explained in harness/exploration.ts.
import type { Exploration } from './harness/exploration.js'
import { runTests, testHandovers, testOperations, testRetries } from './harness/scenario-tests.js'

function explore(exploration: Exploration): void {
  exploration.crashes()
  exploration.crashesOfTwo()
}

testOperations(explore)
testHandovers(explore)
testRetries(exploration => {
  exploration.undisturbed()
  explore(exploration)
})

runTests()
