import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runSync } from '../../tools/child-process.js'
import { testTermination } from '../../tools/testing/skip.js'

testTermination('the demonstration cancels, loses and replaces, and every figure is equal', () => {
  const { exitCode, stdout, stderr } = runSync(process.execPath, [join(import.meta.dirname, 'main.js')])
  assert.is(stderr, '')
  assert.match(
    stdout,
    /^\d\d % of a task was done when it was cancelled; it ended [\d.]+ ms later: AbortError: /m,
  )
  assert.match(stdout, /^\d+ % of a task was done when its thread was killed: Error: thread \d+ died: /m)
  assert.match(
    stdout,
    /^a task got stuck: Error: thread \d+ died: it was stuck: no slot had changed for \d+ ms$/m,
  )
  const rows = [...stdout.matchAll(/^tasks .*: .* +([\d,]+) +([\d,]+) {2}equal$/gm)]
  assert.is(rows.length, 3, stdout)
  for (const [, one, other] of rows) assert.is(one, other)
  assert.not(stdout.includes('DIFFERENT'))
  assert.is(exitCode, 0)
})

test.run()
