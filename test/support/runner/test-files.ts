// Finds the built test files.
import { readdirSync } from 'node:fs'
import { join, sep } from 'node:path'

/** Where the sources are built to. */
export const BUILD: string = join(import.meta.dirname, '../../..')
const FOLDERS = ['test', 'bench', 'examples']
/** Other commands run these: `npm run test:browser`, and `npm run test:runners`. */
const OTHER_TESTS = ['test/browser/', 'test/runners/']

/**
 * The test files whose path contains at least one of the parts; all of them if no part is given. Paths start at the
 * repository's root: `test/unit/table.test.js`.
 */
export const testFiles = (parts: readonly string[]): string[] =>
  FOLDERS.flatMap(folder =>
    readdirSync(join(BUILD, folder), { recursive: true, encoding: 'utf8' }).map(file =>
      join(folder, file).replaceAll(sep, '/'),
    ),
  )
    .filter(file => file.endsWith('.test.js') && !OTHER_TESTS.some(tests => file.startsWith(tests)))
    .filter(file => parts.length === 0 || parts.some(part => file.includes(part)))
    .sort()
