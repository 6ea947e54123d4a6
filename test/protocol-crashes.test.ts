// The protocol at every step of every operation: a crash there, and a second crash at every step of who comes next.
import type { Exploration } from './protocol/explore.js'
import { runAll, testHandovers, testOperations, testRetries } from './protocol/tests.js'

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
