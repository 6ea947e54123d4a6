import { test } from 'uvu'

test('this passes', () => {})
test.run()
throw new Error('at load')
