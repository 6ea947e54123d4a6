import { test } from 'uvu'

test('this leaves a promise that is rejected', () => {
  Promise.reject(new Error('too late for the test'))
})
test.run()
