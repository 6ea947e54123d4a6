import { test } from 'uvu'
import * as assert from 'uvu/assert'

test('this passes', () => {})
test('this fails', () => assert.unreachable())
test.run()
