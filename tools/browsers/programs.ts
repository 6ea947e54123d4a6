// The programs of three browser engines: those in PATH; or else, for root on Debian, its packages, which are installed.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export const ENGINES = ['chromium', 'firefox', 'webkit'] as const
export type EngineName = (typeof ENGINES)[number]

export interface Programs {
  readonly chromium: { readonly chromium: string }
  readonly firefox: { readonly firefox: string }
  /** The driver has no window without a display, which Xvfb has. */
  readonly webkit: { readonly driver: string; readonly browser: string; readonly xvfb: string }
}

const PACKAGES: Readonly<Record<EngineName, readonly string[]>> = {
  chromium: ['chromium'],
  firefox: ['firefox-esr'],
  webkit: ['webkit2gtk-driver', 'xvfb'],
}
const LIMIT_MINUTES = 10

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
 * Where an engine's programs are; installs them if need be, which it tells.
 * @throws {Error} if there are none, and none can be installed; the message says what to do.
 */
export function findPrograms<E extends EngineName>(
  engine: E,
  tell: (what: string) => void = console.log,
): Programs[E] {
  const found = search(engine)
  if (found) return found
  if (!isDebian() || process.getuid?.() !== 0) throw new Error(missing(engine))
  const packages = PACKAGES[engine]
  for (const command of commandsOf(engine)) {
    tell(`${engine} is not installed: ${command.join(' ')}`)
    install(command)
  }
  return search(engine) ?? fail(`${packages.join(', ')} were installed, and ${engine} is still not found`)
}

/** That an engine is not installed, and what to do; undefined if it is. */
export function missing(engine: EngineName): string | undefined {
  if (search(engine)) return undefined
  const advice = commandsOf(engine).map(command => command.join(' '))
  const packages = PACKAGES[engine].join(' and ')
  return `${engine} is not installed; install ${packages}, as root on Debian by: ${advice.join(' && ')}`
}

const commandsOf = (engine: EngineName): string[][] => [
  ['apt-get', '-q', 'update'],
  ['apt-get', '-q', 'install', '-y', '--no-install-recommends', ...PACKAGES[engine]],
]

/** All of an engine's programs, or undefined. */
function search<E extends EngineName>(engine: E): Programs[E] | undefined {
  const programs = SEARCH[engine]()
  return Object.values(programs).every(path => path !== undefined) ? (programs as Programs[E]) : undefined
}

function inPath(...names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap(name => folders.map(folder => join(folder, name))).find(isExecutable)
}

/** WebKitGTK has programs that are not for users, so outside PATH, in a folder named after the architecture and the API. */
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
  const { status, stderr, error } = spawnSync(command, args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
    timeout: LIMIT_MINUTES * 60_000,
  })
  if (status !== 0) fail(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr.trim()}`)
}

function fail(message: string): never {
  throw new Error(message)
}
