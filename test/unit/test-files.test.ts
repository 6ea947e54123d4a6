import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { testFiles } from '../support/runner/test-files.js'

test('npm test runs tests of all folders, but none that needs a browser', () => {
  const files = testFiles([])
  for (const folder of ['bench', 'examples', 'test/unit', 'test/integration'])
    assert.ok(
      files.some(file => file.startsWith(`${folder}/`)),
      folder,
    )
  assert.equal(
    files.filter(file => file.startsWith('test/browser/')),
    [],
  )
})

test.run()
