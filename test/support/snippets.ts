// The code snippets of README.md and of the pages in docs/, as a user would paste them.
import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { root } from '../../tools/repository.js'

export interface Snippet {
  /** The page's path from the root of the repository: `docs/guide.md`. */
  readonly page: string
  /** The file name in the snippet's first line; undefined for a snippet that is a module of its own. */
  readonly name: string | undefined
  readonly code: string
  /** Whether browsers run it, or Node, Bun and Deno. */
  readonly isForBrowsers: boolean
}

/** A code block that doesn't run by itself, because its info string says `no-run`. */
export interface UntestedBlock {
  readonly page: string
  /** The file name in the block's first line, if it has one. */
  readonly name: string | undefined
  readonly code: string
  /** From the HTML comment above the block. */
  readonly reason: string | undefined
}

/** Its snippets are a program for browsers, run by `npm run test:browser`. */
const BROWSER_PAGE = 'docs/browser.md'
/** Generated from the doc comments: its snippets are parts of programs. */
const API_PAGE = 'docs/api.md'

const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
const paths = ['README.md', ...docs.map(path => `docs/${path.replaceAll(sep, '/')}`).sort()].filter(
  path => path.endsWith('.md') && path !== API_PAGE,
)

/** Code blocks of other languages show a command or its output. */
const BLOCK = /(?:^<!-- (.+) -->\n+)?^```(?:js|html)( no-run)?\n([\s\S]*?)^```$/gm
const FILE_NAME = /^(?:\/\/|<!--) (\S+\.(?:m?js|html))( -->)?\n/

const blocks = paths.flatMap(page =>
  [...readFileSync(join(root, page), 'utf8').matchAll(BLOCK)].map(([, reason, noRun, code = '']) => ({
    page,
    name: code.match(FILE_NAME)?.[1],
    reason,
    isSnippet: noRun === undefined,
    code,
  })),
)

/** All snippets to run, in their order on each page. */
export const snippets: readonly Snippet[] = blocks
  .filter(({ isSnippet }) => isSnippet)
  .map(({ page, name, code }) => ({ page, name, code, isForBrowsers: page === BROWSER_PAGE }))

export const untestedBlocks: readonly UntestedBlock[] = blocks
  .filter(({ isSnippet }) => !isSnippet)
  .map(({ page, name, code, reason }) => ({ page, name, code, reason }))

/** First lines of code blocks in JavaScript that are neither snippets nor marked: a misspelt mark, or an indented block. */
export const unknownBlocks: readonly string[] = paths.flatMap(page =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^ *```(?:js|mjs|javascript|html)\b.*$/gm)]
    .map(([line]) => line)
    .filter(line => !/^```(?:js|html)( no-run)?$/.test(line))
    .map(line => `${page}: ${line}`),
)
