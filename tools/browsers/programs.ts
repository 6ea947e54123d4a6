// Finds the programs of three browser engines, and installs those that are missing.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { howToInstall, inPath, installPackages, isExecutable } from '../debian.js'

export const ENGINES = ['chromium', 'firefox', 'webkit'] as const
export type EngineName = (typeof ENGINES)[number]

export interface Programs {
  readonly chromium: { readonly chromium: string }
  readonly firefox: { readonly firefox: string }
  /** The driver needs a display; Xvfb provides one that nobody sees. */
  readonly webkit: { readonly driver: string; readonly browser: string; readonly xvfb: string }
}

const PACKAGES: Readonly<Record<EngineName, readonly string[]>> = {
  chromium: ['chromium'],
  firefox: ['firefox-esr'],
  webkit: ['webkit2gtk-driver', 'xvfb'],
}

const SEARCH: {
  readonly [E in EngineName]: () => { readonly [P in keyof Programs[E]]: string | undefined }
} = {
  chromium: () => ({ chromium: inPath('chromium', 'chromium-browser', 'google-chrome', 'chrome') }),
  firefox: () => ({ firefox: inPath('firefox', 'firefox-esr') }),
  webkit: () => ({
    driver: inPath('WebKitWebDriver') ?? inWebKitFolder('WebKitWebDriver'),
    browser: inWebKitFolder('MiniBrowser') ?? inPath('MiniBrowser'),
    xvfb: inPath('Xvfb'),
  }),
}

/**
 * The paths of an engine's programs. Installs them if they are missing, and prints the commands that it runs.
 * @throws {Error} if they are missing and can't be installed; the message says what to do.
 */
export function findPrograms<E extends EngineName>(
  engine: E,
  print: (line: string) => void = console.log,
): Programs[E] {
  const found = search(engine)
  if (found) return found
  const packages = PACKAGES[engine]
  installPackages(engine, packages, print)
  const installed = search(engine)
  if (!installed) throw new Error(`${engine} was not found even after installing ${packages.join(' and ')}`)
  return installed
}

/** Undefined if an engine is installed; otherwise a message that says how to install it. */
export const missing = (engine: EngineName): string | undefined =>
  search(engine) ? undefined : howToInstall(engine, PACKAGES[engine])

/** The paths of an engine's programs; undefined unless all of them are found. */
function search<E extends EngineName>(engine: E): Programs[E] | undefined {
  const programs = SEARCH[engine]()
  return Object.values(programs).every(path => path !== undefined) ? (programs as Programs[E]) : undefined
}

/** WebKitGTK keeps some programs outside PATH, in a folder whose name depends on the architecture and the API version. */
function inWebKitFolder(name: string): string | undefined {
  return subfolders('/usr/lib', /./)
    .concat('/usr/lib', '/usr/libexec')
    .flatMap(folder => subfolders(folder, /^webkit(2gtk|gtk)-/))
    .map(folder => join(folder, name))
    .find(isExecutable)
}

function subfolders(folder: string, name: RegExp): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && name.test(entry.name))
    .map(entry => join(folder, entry.name))
    .sort()
}
