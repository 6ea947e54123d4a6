import { test } from 'uvu'

test('this is never run', () => {})
