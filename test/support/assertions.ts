// Assertions that uvu doesn't have.
import * as assert from 'uvu/assert'
import { firstDifference } from './bytes.js'

/**
 * Asserts that a function throws an error of a class whose message contains the words or numbers that matter.
 * The wording around them is free.
 */
export function throws(
  run: () => unknown,
  Kind: typeof TypeError | typeof RangeError,
  words: RegExp = /./,
): void {
  let outcome: unknown
  try {
    outcome = run()
  } catch (error) {
    assert.ok(error instanceof Kind, `expected a ${Kind.name}, got ${error}`)
    assert.match(error.message, words)
    return
  }
  assert.unreachable(`expected a ${Kind.name}, got ${String(outcome)}`)
}

/** Tells whether an error is of a class and its message matches; a predicate, as `assert.throws` takes it. */
export const matchesError =
  (Kind: ErrorConstructor, words: RegExp): ((error: unknown) => boolean) =>
  error =>
    error instanceof Kind && words.test(error.message)

/** Copies all bytes of a buffer. The function it returns asserts that the buffer still has the same bytes. */
export function rememberBytes(buffer: ArrayBufferLike): (what?: string) => void {
  const bytes = new Uint8Array(buffer)
  const before = bytes.slice()
  return (what = '') => {
    const index = firstDifference(before, bytes)
    if (index >= 0) assert.unreachable(`${what} changed byte ${index}`)
  }
}
