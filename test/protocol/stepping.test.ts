// The harness itself: it stops at every access to shared memory, and nowhere else.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { TYPES } from '../../src/memory/slot-types.js'
import { type Access, crash, makeSteppable, stepThrough } from './harness/stepping.js'

test('each access to shared memory is one step, atomic or not', () => {
  const view = makeSteppable(() => new TYPES.i32.array(new SharedArrayBuffer(32), 0, 8)) as Int32Array
  const steps: number[] = []
  const count = stepThrough(
    () => {
      view[1] = 1
      view.fill(2, 2, 5)
      view.set([5, 6], 5)
      view.subarray(7)[0] = view[1] as number
      Atomics.add(view, 0, 1)
    },
    step => steps.push(step),
  )
  assert.is(count, 9)
  assert.equal(steps, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  assert.equal([...view], [1, 1, 2, 2, 2, 5, 6, 1])
})

test('a step that only reads says which bytes, and one that writes says none', () => {
  const buffer = new SharedArrayBuffer(32)
  const view = makeSteppable(() => new TYPES.i32.array(buffer, 8, 4)) as Int32Array
  const reads: Access['reads'][] = []
  stepThrough(
    () => {
      view[1] = view[0] as number
      Atomics.store(view, 2, Atomics.load(view, 3))
      Atomics.add(view, 0, 1)
      view.slice()
      view.fill(1, 3)
    },
    (_, access) => reads.push(access.reads),
  )
  const none = undefined
  const at = (start: number, end: number) => ({ start, end })
  assert.equal(reads, [at(8, 12), none, at(20, 24), none, none, at(8, 24), none, none])
})

test('an access to memory that is not shared is not a step', () => {
  const steps = stepThrough(
    () => new Int32Array(8).fill(1),
    () => {},
  )
  assert.is(steps, 0)
})

test('each element of an array that is created while stepping is one step', () => {
  const steps = stepThrough(
    () => new Uint8Array(new SharedArrayBuffer(8)).fill(1),
    () => {},
  )
  assert.is(steps, 8)
})

test('a thread that has crashed writes nothing more, even if it catches the error', () => {
  const view = makeSteppable(() => new TYPES.i32.array(new SharedArrayBuffer(16), 0, 4)) as Int32Array
  const hasCrashed = crash(
    () => {
      view[0] = 1
      try {
        view[1] = 1
      } catch {}
      view[2] = 1
    },
    step => step === 1,
  )
  assert.ok(hasCrashed)
  assert.equal([...view], [1, 0, 0, 0])
})

test.run()
