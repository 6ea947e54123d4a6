/*
 * `bench/results`: the last full run of each runtime, and what is made of them.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../harness/machine.js'
import { isBrowser } from '../harness/runtimes.js'
import { drawPlots } from './plots.js'
import { updateReadme } from './readme.js'
import { updateBrowsers } from './readme-browsers.js'
import { only, type Results, type Runtime, stringify } from './results.js'

const folder = join(root, 'bench/results')
/** Of one run: several browsers, and what ran beside them. It is measured apart from the rest, if need be. */
const BROWSERS = 'browsers.json'

/**
 * The last full run, but for what was measured in browsers; in the order of the runtimes' versions.
 * @throws {Error} if there are none.
 */
export function loadResults(): Results[] {
  const names = existsSync(folder) ? readdirSync(folder).filter(isRuntime) : []
  if (names.length === 0) throw new Error(`no results in ${folder}; make them with --save`)
  const results = names.map((name): Results => JSON.parse(readFileSync(join(folder, name), 'utf8')))
  return results.sort((a, b) => byVersion(a.runtime, b.runtime))
}

const isRuntime = (name: string): boolean => name.endsWith('.json') && name !== BROWSERS

/** The last run of browsers, and of what ran beside them. None if there was none. */
export function loadBrowsers(): Results[] {
  const path = join(folder, BROWSERS)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : []
}

const byVersion = (a: Runtime, b: Runtime): number =>
  a.name === b.name ? Number.parseFloat(a.version) - Number.parseFloat(b.version) : a.name < b.name ? 1 : -1

/** Replaces what was saved, if it was measured anew. Returns the paths of all files that were written. */
export async function saveResults(results: readonly Results[]): Promise<string[]> {
  const full = results.flatMap(one => only(one, ({ group }) => group !== 'browsers') ?? [])
  const inBrowsers = results.flatMap(one => only(one, ({ group }) => group === 'browsers') ?? [])
  const files = new Map<string, string>()
  let readme = readFileSync(join(root, 'README.md'), 'utf8')
  if (full.length > 0) {
    for (const one of full) {
      const { name, version } = one.runtime
      files.set(join(folder, `${name}-${version.split('.')[0]}.json`), stringify(one))
    }
    for (const [name, svg] of await drawPlots(full)) files.set(join(folder, `${name}.svg`), svg)
    readme = updateReadme(readme, full)
  }
  if (inBrowsers.some(({ runtime }) => isBrowser(runtime))) {
    files.set(join(folder, BROWSERS), `[${inBrowsers.map(stringify).join(',')}]\n`)
    readme = updateBrowsers(readme, inBrowsers)
  }
  files.set(join(root, 'README.md'), readme)
  // Not before all of it is made: what fails leaves the last run as it was.
  if (full.length > 0) removeFull()
  mkdirSync(folder, { recursive: true })
  for (const [path, text] of files) writeFileSync(path, text)
  return [...files.keys()].map(path => relative(root, path))
}

function removeFull(): void {
  const names = existsSync(folder) ? readdirSync(folder) : []
  for (const name of names) if (name !== BROWSERS) rmSync(join(folder, name))
}
