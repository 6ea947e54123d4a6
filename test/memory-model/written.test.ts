// What is written from the shapes and their verdicts. This fails when the shapes have changed since.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { root } from '../../tools/repository.js'
import { LITMUS_FOLDER, litmusFiles, VERDICTS } from './litmus-files.js'
import { COMMAND, MEMORY_MODEL_PAGE, updatePage } from './page.js'

test('the table in docs/memory-model.md has the verdicts of the models', () => {
  const page = readFileSync(join(root, MEMORY_MODEL_PAGE), 'utf8')
  assert.ok(page === updatePage(page), `${MEMORY_MODEL_PAGE} is stale; run ${COMMAND}`)
})

test('the litmus files have the shapes and their verdicts', () => {
  const folder = join(root, LITMUS_FOLDER)
  const written = readdirSync(folder).filter(file => file.endsWith('.litmus') || file === VERDICTS)
  const made = litmusFiles()
  assert.equal(written.sort(), [...made.keys()].sort(), `run ${COMMAND}`)
  for (const [file, text] of made)
    assert.ok(readFileSync(join(folder, file), 'utf8') === text, `${file} is stale; run ${COMMAND}`)
})

test.run()
