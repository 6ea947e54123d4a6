// The modules that docs/requests.md shows, as files, so that tests run what its readers copy.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { snippets } from './snippets.js'

/** `settings.js` of the page. */
export interface SettingsModule {
  settings(): Settings
  change(changes: Partial<Settings>): number
  behind(version: number, ms: number): Promise<number[]>
}

export interface Settings {
  readonly version: number
  readonly level: number
  readonly colors: boolean
  /** Not the page's: what the tests add. */
  readonly text?: string
  readonly stop?: boolean
}

/** `requests.js` of the page. */
export interface RequestsModule {
  ask(to: number, what: string, ms: number): Promise<string>
  answer(handle: (what: string) => string): void
}

// Inside of this package, where 'threadslots' resolves to the package itself.
const folder = join(import.meta.dirname, '../../requests')

/** Writes a module of the page to a file, and returns its URL. */
export function writeModule(name: 'settings.js' | 'requests.js'): string {
  const snippet = snippets.find(snippet => snippet.page === 'docs/requests.md' && snippet.name === name)
  if (!snippet) throw new Error(`docs/requests.md has no ${name}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), snippet.code)
  return pathToFileURL(join(folder, name)).href
}
