// The protocol at every step of every operation: a crash there, and a second crash at every step of who comes next.
import type { Exploration } from './harness/explore.js'
import { runAll, testHandovers, testOperations, testRetries } from './harness/tests.js'

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

runAll()
