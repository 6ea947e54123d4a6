// The protocol at every step of every operation: other threads' whole operations there, one of each kind. This is the
// list, not a sample of it. In files of their own: crashes, two operations at a step (protocol-*.test.ts).
import * as assert from 'uvu/assert'
import { TYPES } from '../../src/memory/layout.js'
import type { Exploration } from './harness/explore.js'
import { testFractions } from './harness/fractions.js'
import { stepThrough, watch } from './harness/steps.js'
import { runAll, testAlone, testHandovers, testOperations } from './harness/tests.js'

testAlone('a step is one access to shared memory, atomic or not', () => {
  const view = watch(() => new TYPES.i32.array(new SharedArrayBuffer(32), 0, 8)) as Int32Array
  const steps: number[] = []
  const stepsOf = (run: () => void) => stepThrough(run, step => steps.push(step))
  assert.is(
    stepsOf(() => {
      view[1] = 1
      view.fill(2, 2, 5)
      view.set([5, 6], 5)
      view.subarray(7)[0] = view[1] as number
      Atomics.add(view, 0, 1)
    }),
    9,
  )
  assert.equal(steps, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  assert.equal([...view], [1, 1, 2, 2, 2, 5, 6, 1])
  assert.is(
    stepsOf(() => new Int32Array(8).fill(1)),
    0,
  )
  assert.is(
    stepsOf(() => new Uint8Array(new SharedArrayBuffer(8)).fill(1)),
    8,
  )
})

function explore(exploration: Exploration): void {
  const steps = exploration.undisturbed()
  assert.ok(steps > 3, `only ${steps} steps`)
  exploration.withOne()
}

testFractions()
testOperations(explore)
testHandovers(explore)

runAll()
