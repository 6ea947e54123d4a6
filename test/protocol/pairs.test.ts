// The protocol withstands two whole operations of other threads, each of every kind, at every step of every operation.
// The method is explained in harness/exploration.ts.
import { runTests, testOperations } from './harness/scenario-tests.js'

testOperations(exploration => {
  exploration.undisturbed()
  exploration.withTwoInterferences()
})

runTests()
