// The protocol at every step of every operation: two whole operations of other threads there, of each kind each.
import { runAll, testOperations } from './harness/tests.js'

testOperations(exploration => {
  exploration.undisturbed()
  exploration.withTwo()
})

runAll()
