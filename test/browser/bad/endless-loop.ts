import { test } from 'uvu'

test('this never returns', () => {
  for (;;) Atomics.load(new Int32Array(1), 0)
})
test.run()
