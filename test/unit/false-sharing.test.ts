import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blockAddress, LIVE, presentAddress, rowAddress } from '../../src/memory/layout.js'

/** Two cache lines, which some processors fetch together. */
const FAR_BYTES = 128

test('the bytes that one owner writes in its loops are far from those of the next owner', () => {
  for (const rowBytes of [8, 16, 264, 8192]) {
    for (const maxKeys of [1, 8, 9, 1024]) {
      const dimensions = { maxThreads: 3, rowBytes, maxKeys }
      const [row, next] = [rowAddress(dimensions, 0), rowAddress(dimensions, 1)]
      const end = blockAddress(dimensions, row, LIVE) + rowBytes
      const start = presentAddress(dimensions, next, LIVE, 0)
      assert.ok(start - end > FAR_BYTES, `${start - end} bytes, for ${JSON.stringify(dimensions)}`)
    }
  }
})

test.run()
