// Attaching to a row that an interrupted attach has left behind works whatever other threads do at any step: one whole
// operation after an error, two after a crash. The method is explained in harness/exploration.ts.
import { runTests, testHandovers, testRetries } from './harness/scenario-tests.js'

testHandovers(exploration => {
  exploration.undisturbed()
  exploration.withTwoInterferences()
})
testRetries(exploration => {
  exploration.undisturbed()
  exploration.withOneInterference()
})

runTests()
