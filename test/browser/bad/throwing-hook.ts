import { test } from 'uvu'

test('this passes', () => {})
test.after(() => {
  throw new Error('a hook that fails')
})
test.run()
