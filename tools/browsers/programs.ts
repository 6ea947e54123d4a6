// Finds the programs of three browser engines. What is missing is installed from Debian's packages, if this is Debian and
// the user is root.
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runSync } from '../child-process.js'

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
const INSTALL_LIMIT_MINUTES = 10

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
  if (!isDebian() || process.getuid?.() !== 0) throw new Error(missing(engine))
  const packages = PACKAGES[engine]
  for (const command of commandsOf(engine)) {
    print(`${engine} is not installed; running: ${command.join(' ')}`)
    install(command)
  }
  return search(engine) ?? fail(`${engine} was not found even after installing ${packages.join(' and ')}`)
}

/** Undefined if an engine is installed; otherwise a message that says how to install it. */
export function missing(engine: EngineName): string | undefined {
  if (search(engine)) return undefined
  const advice = commandsOf(engine).map(command => command.join(' '))
  const packages = PACKAGES[engine].join(' and ')
  return `${engine} is not installed; install ${packages} (on Debian, as root: ${advice.join(' && ')})`
}

const commandsOf = (engine: EngineName): string[][] => [
  ['apt-get', '-q', 'update'],
  ['apt-get', '-q', 'install', '-y', '--no-install-recommends', ...PACKAGES[engine]],
]

/** The paths of an engine's programs; undefined unless all of them are found. */
function search<E extends EngineName>(engine: E): Programs[E] | undefined {
  const programs = SEARCH[engine]()
  return Object.values(programs).every(path => path !== undefined) ? (programs as Programs[E]) : undefined
}

function inPath(...names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap(name => folders.map(folder => join(folder, name))).find(isExecutable)
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

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const isDebian = (): boolean =>
  existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))

function install([command = '', ...args]: readonly string[]) {
  const { problem, stderr } = runSync(command, args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeLimitMs: INSTALL_LIMIT_MINUTES * 60_000,
  })
  if (problem !== undefined) fail(`${command} ${args.join(' ')} failed, ${problem}: ${stderr.trim()}`)
}

function fail(message: string): never {
  throw new Error(message)
}
