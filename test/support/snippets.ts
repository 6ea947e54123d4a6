// The README's snippets, as a user would paste them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Snippet {
  /** The file that it says it is. Undefined for a module of its own. */
  readonly name: string | undefined
  readonly code: string
  readonly isForBrowsers: boolean
}

const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8')

/** In their order. Other fences show what is printed, not what is run. */
export const snippets: readonly Snippet[] = readme.split(/^(?=## )/m).flatMap(section =>
  [...section.matchAll(/^```(?:js|html)\n([\s\S]*?)^```/gm)].map(([, code = '']) => ({
    name: code.match(/^(?:\/\/|<!--) (\S+\.(?:m?js|html))( -->)?\n/)?.[1],
    code,
    isForBrowsers: section.startsWith('## In the browser\n'),
  })),
)
