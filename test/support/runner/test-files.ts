// Finds the built test files.
import { readdirSync } from 'node:fs'
import { join, sep } from 'node:path'

/** Where the sources are built to. */
export const BUILD: string = join(import.meta.dirname, '../../..')
const FOLDERS = ['test', 'bench', 'examples']
/** `npm run test:browser` runs these, because they need a browser. */
const BROWSER_TESTS = 'test/browser/'

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
    .filter(file => file.endsWith('.test.js') && !file.startsWith(BROWSER_TESTS))
    .filter(file => parts.length === 0 || parts.some(part => file.includes(part)))
    .sort()
