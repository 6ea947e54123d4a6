/*
 * Reads and writes bench/results: the last full run on each runtime, in which groups that were measured again later are replaced;
 * the last run in browsers; and the plots.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../../tools/repository.js'
import { GROUP_NAMES, type GroupName } from '../groups/index.js'
import type { Place, Results, Runtime } from '../harness/results.js'
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
  return sorted(results)
}

const isRuntimeFile = (name: string): boolean => name.endsWith('.json') && name !== BROWSERS_FILE

/** The last run of the group `browsers`; empty if there is none. */
export function loadBrowserResults(): Results[] {
  const path = join(FOLDER, BROWSERS_FILE)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : []
}

const sorted = (results: readonly Results[]): Results[] =>
  [...results].sort((a, b) => compareRuntimes(a.runtime, b.runtime))

/** Node first, older versions first. */
const compareRuntimes = (a: Runtime, b: Runtime): number =>
  a.name === b.name ? Number.parseFloat(a.version) - Number.parseFloat(b.version) : a.name < b.name ? 1 : -1

const fileOf = ({ runtime: { name, version } }: Results): string => `${name}-${version.split('.')[0]}.json`

/** Saved results in which the groups that were measured again are replaced. The others keep their figures and their date. */
export function replaceGroups(saved: Results, { figures, omissions, ...run }: Results): Results {
  const groups = [...figures, ...omissions].map(({ group }) => group)
  const merge = <P extends Place>(before: readonly P[], now: readonly P[]): P[] =>
    [...before.filter(({ group }) => !groups.includes(group)), ...now].sort((a, b) => rankOf(a) - rankOf(b))
  return {
    ...saved,
    later: { ...saved.later, ...Object.fromEntries(groups.map(group => [group, run])) },
    figures: merge(saved.figures, figures),
    omissions: merge(saved.omissions, omissions),
  }
}

const rankOf = ({ group }: Place): number => GROUP_NAMES.indexOf(group as GroupName)

function mergeIntoSaved(measured: readonly Results[]): Results[] {
  const files = new Map(loadResults().map(one => [fileOf(one), one]))
  for (const one of measured) {
    const saved = files.get(fileOf(one))
    files.set(fileOf(one), saved ? replaceGroups(saved, one) : one)
  }
  return sorted([...files.values()])
}

/**
 * Writes results, the plots and the pages' blocks. Of the two kinds of results, only those that are given are
 * replaced.
 * @param isPartial whether some groups were not measured, so that their saved figures remain.
 * @returns the paths of all files that were written.
 */
export async function saveResults(results: readonly Results[], isPartial: boolean): Promise<string[]> {
  const measured = selectPlaces(results, ({ group }) => group !== 'browsers')
  const full = isPartial && measured.length > 0 ? mergeIntoSaved(measured) : measured
  const browsers = selectPlaces(results, ({ group }) => group === 'browsers')
  const hasBrowsers = browsers.some(({ runtime }) => isBrowser(runtime))
  const files = new Map<string, string>()
  for (const one of full) files.set(join(FOLDER, fileOf(one)), stringify(one))
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
