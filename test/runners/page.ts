// What docs/testing.md shows. The tests here run its files as they stand there.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../tools/repository.js'
import { snippets, untestedBlocks } from '../support/snippets.js'

const PAGE = 'docs/testing.md'
const text = readFileSync(join(root, PAGE), 'utf8')

/** The code block that starts with a file's name. */
export function pageFile(name: string): string {
  const [block, ...others] = [...snippets, ...untestedBlocks].filter(
    block => block.page === PAGE && block.name === name,
  )
  if (block === undefined || others.length > 0) throw new Error(`${PAGE} should show one ${name}`)
  return block.code
}

/** The text that matches a pattern's first group. The page has to have exactly one such text. */
export function found(pattern: RegExp): string {
  const texts = new Set([...text.matchAll(new RegExp(pattern, 'gm'))].map(([, group = '']) => group))
  const [found, ...others] = texts
  if (found === undefined || others.length > 0)
    throw new Error(`${PAGE} has ${texts.size} texts that match ${pattern}`)
  return found
}

/** The line of a configuration by which Vitest and Jest evaluate fresh-table.js before each test file. */
export const SETUP_FILES: string = found(/`(setupFiles: .*?)`/)
/** The line that does the same in a test file. */
export const IMPORT_FIRST: string = found(/`(import '.\/fresh-table.js')`/)
/** The error of a second fresh table for the same modules. */
export const SECOND_TABLE: string = found(/`(this thread already has a default table)`/)

/**
 * The test, for one of the runners: with the import that the table at the top of the page has for it, and with the line at the end that
 * uvu needs.
 */
export function testFor(runner: string): string {
  const cell = found(new RegExp(`^\\| \\[\`?${runner}\`?\\]\\(.*?\\) \\| (.*?) \\|`))
  const [importLine = '', lastLine = ''] = [...cell.matchAll(/`(.*?)`/g)].map(([, code]) => code)
  return `${replaced(pageFile('jobs.test.js'), /^import \{ test \} from .*$/m, importLine)}${lastLine}\n`
}

/** The test without the assertion that needs a table of its own. */
export const withoutTotals = (code: string): string => replaced(code, /^.*\btotals\(jobs\).*\n/m, '')

/** Replaces the first match, which has to be there. */
export function replaced(code: string, pattern: RegExp, replacement: string): string {
  if (!pattern.test(code)) throw new Error(`there is no ${pattern} in ${code}`)
  return code.replace(pattern, () => replacement)
}
