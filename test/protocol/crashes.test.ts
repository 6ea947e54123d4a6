// The protocol survives a crash at every step of every operation, and a second crash at every step of the thread that
// comes next. The method is explained in harness/exploration.ts.
import type { Exploration } from './harness/exploration.js'
import { runTests, testHandovers, testOperations, testRetries } from './harness/scenario-tests.js'

// One crash takes a tenth of the time of two, and finds most faults. So all tests of one come first (mutations.test.ts).
const one = (exploration: Exploration): void => exploration.crashes()
testOperations(one, ', one crash')
testHandovers(one, ', one crash')
testRetries(exploration => {
  exploration.undisturbed()
  exploration.crashes()
}, ', one crash')

const two = (exploration: Exploration): void => exploration.crashesOfTwo()
testOperations(two, ', two crashes')
testHandovers(two, ', two crashes')
testRetries(two, ', two crashes')

runTests()
