// The protocol at every step of an attachment to what one that ended in its middle has left: whole operations of others
// there, two where it crashed.
import { runAll, testHandovers, testRetries } from './harness/tests.js'

testHandovers(exploration => {
  exploration.undisturbed()
  exploration.withTwo()
})
testRetries(exploration => {
  exploration.undisturbed()
  exploration.withOne()
})

runAll()
