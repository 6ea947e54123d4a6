import 'node:fs'
import { test } from 'uvu'

test('this passes', () => {})
test.run()
