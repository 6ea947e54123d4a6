// Writes the table in docs/memory-model.md and the litmus files.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../tools/repository.js'
import { LITMUS_FOLDER, litmusFiles } from './litmus-files.js'
import { MEMORY_MODEL_PAGE, updatePage } from './page.js'

const page = join(root, MEMORY_MODEL_PAGE)
writeFileSync(page, updatePage(readFileSync(page, 'utf8')))

const folder = join(root, LITMUS_FOLDER)
mkdirSync(folder, { recursive: true })
for (const file of readdirSync(folder)) if (!file.endsWith('.md')) rmSync(join(folder, file))
for (const [file, text] of litmusFiles()) writeFileSync(join(folder, file), text)
console.log(`wrote ${MEMORY_MODEL_PAGE} and ${LITMUS_FOLDER}/`)
