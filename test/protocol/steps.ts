// Standing before each step of the protocol, without timing: shared words are touched through `Atomics` alone, and
// that is replaced here.
import * as assert from 'uvu/assert'
import { directoryAddress, recordAddress } from '../../src/layout.js'
import { dimensions } from './world.js'

/** Told of each moment before (even numbers) and after (odd ones) a step; before some steps a key gets published. */
export type Stand = (moment: number, isPublication: boolean) => void

const methods = Atomics as unknown as { [name: string]: (...args: unknown[]) => unknown }
const originals = Object.getOwnPropertyNames(Atomics)
  .filter(name => typeof methods[name] === 'function')
  .map(name => [name, methods[name] as (...args: unknown[]) => unknown] as const)

/** Tables start at the buffer's start here. */
const isDirectoryWord = (view: unknown, index: unknown) =>
  view instanceof Int32Array &&
  4 * (index as number) >= directoryAddress(0) &&
  4 * (index as number) < recordAddress(dimensions, 0)

/** Calls `stand` before and after each `Atomics` call that `run` makes, and gives the number of moments. */
export function stepThrough(run: () => void, stand: Stand): number {
  let moments = 0
  let isStepping = true
  const pause = (isPublication: boolean) => {
    isStepping = false
    try {
      stand(moments++, isPublication)
    } finally {
      isStepping = true
    }
  }
  for (const [name, original] of originals) {
    methods[name] = (...args) => {
      if (!isStepping) return original(...args)
      pause(name === 'compareExchange' && isDirectoryWord(args[0], args[1]))
      const result = original(...args)
      pause(false)
      return result
    }
  }
  try {
    run()
  } finally {
    for (const [name, original] of originals) methods[name] = original
  }
  return moments
}

/** Runs until `stand` gives true: there the thread is terminated, so every later step fails as well. */
export function crash(run: () => void, stand: (moment: number, isPublication: boolean) => boolean): void {
  let isDead = false
  try {
    stepThrough(run, (moment, isPublication) => {
      isDead ||= stand(moment, isPublication)
      if (isDead) throw new Error('crash')
    })
  } catch (error) {
    // The library may have wrapped it in an error of its own.
    if (isDead) return
    throw error
  }
  assert.unreachable(isDead ? 'the thread went on after its end' : 'no crash')
}
