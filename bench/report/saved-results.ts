/*
 * Reads and writes bench/results: the last full run on each runtime, the last run in browsers, and the plots.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../../tools/repository.js'
import type { Results, Runtime } from '../harness/results.js'
import { isBrowser } from '../harness/runtimes.js'
import { selectPlaces } from './figures.js'
import { updatePages } from './pages.js'
import { drawPlots } from './plots.js'

const FOLDER = join(root, 'bench/results')
/**
 * The group `browsers` on all runtimes. It can be measured apart from the rest, so it has a file of its own.
 */
const BROWSERS_FILE = 'browsers.json'

/**
 * The last full run, without the group `browsers`, sorted by runtime and version.
 * @throws {Error} if there is none.
 */
export function loadResults(): Results[] {
  const names = existsSync(FOLDER) ? readdirSync(FOLDER).filter(isRuntimeFile) : []
  if (names.length === 0)
    throw new Error(`no results in ${FOLDER}; measure them with npm run bench -- --save`)
  const results = names.map((name): Results => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')))
  return results.sort((a, b) => compareRuntimes(a.runtime, b.runtime))
}

const isRuntimeFile = (name: string): boolean => name.endsWith('.json') && name !== BROWSERS_FILE

/** The last run of the group `browsers`; empty if there is none. */
export function loadBrowserResults(): Results[] {
  const path = join(FOLDER, BROWSERS_FILE)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : []
}

/** Node first, older versions first. */
const compareRuntimes = (a: Runtime, b: Runtime): number =>
  a.name === b.name ? Number.parseFloat(a.version) - Number.parseFloat(b.version) : a.name < b.name ? 1 : -1

/**
 * Writes results, the plots and the pages' blocks. Of the two kinds of results, only those that are given are
 * replaced.
 * @returns the paths of all files that were written.
 */
export async function saveResults(results: readonly Results[]): Promise<string[]> {
  const full = selectPlaces(results, ({ group }) => group !== 'browsers')
  const browsers = selectPlaces(results, ({ group }) => group === 'browsers')
  const hasBrowsers = browsers.some(({ runtime }) => isBrowser(runtime))
  const files = new Map<string, string>()
  for (const one of full) {
    const { name, version } = one.runtime
    files.set(join(FOLDER, `${name}-${version.split('.')[0]}.json`), stringify(one))
  }
  if (full.length > 0) {
    for (const [name, svg] of await drawPlots(full)) files.set(join(FOLDER, `${name}.svg`), svg)
  }
  if (hasBrowsers) files.set(join(FOLDER, BROWSERS_FILE), `[${browsers.map(stringify).join(',')}]\n`)
  for (const [page, text] of updatePages(full, hasBrowsers ? browsers : [])) files.set(join(root, page), text)
  // Only once everything is made, so that a failure leaves the last run as it was.
  if (full.length > 0) removeFullRun()
  mkdirSync(FOLDER, { recursive: true })
  for (const [path, text] of files) writeFileSync(path, text)
  return [...files.keys()].map(path => relative(root, path))
}

function removeFullRun(): void {
  const names = existsSync(FOLDER) ? readdirSync(FOLDER) : []
  for (const name of names) if (name !== BROWSERS_FILE) rmSync(join(FOLDER, name))
}

/** Results as JSON with one figure per line, so that a diff shows which ones changed. */
export function stringify({ figures, omissions, ...head }: Results): string {
  const lines = (items: readonly unknown[]) => items.map(item => `\n    ${JSON.stringify(item)}`).join(',')
  const start = JSON.stringify(head, null, 2).slice(0, -2)
  return `${start},\n  "figures": [${lines(figures)}\n  ],\n  "omissions": [${lines(omissions)}\n  ]\n}\n`
}
