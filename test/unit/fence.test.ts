// The word of a reader's fence: shared memory, or, on a page that has none, private memory.
import { test } from 'uvu'
import * as assert from 'uvu/assert'

test('a page that cannot share memory has a fence, too', async () => {
  const { SharedArrayBuffer: shared } = globalThis
  Reflect.deleteProperty(globalThis, 'SharedArrayBuffer')
  try {
    const { fence, ownWord } = await import('../../src/memory/fence.js')
    assert.instance(ownWord.buffer, ArrayBuffer)
    fence()
    assert.is(ownWord[0], 0)
  } finally {
    Object.defineProperty(globalThis, 'SharedArrayBuffer', {
      value: shared,
      writable: true,
      configurable: true,
    })
  }
})

test.run()
