// Programs that this project needs from the system. What is missing is installed from Debian's packages, if this is Debian
// and the user is root.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runSync } from './child-process.js'

const INSTALL_LIMIT_MINUTES = 10

/** The path of the first program in PATH that has one of these names; undefined if there is none. */
export function inPath(...names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap(name => folders.map(folder => join(folder, name))).find(isExecutable)
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Installs packages, and prints the commands that it runs.
 * @param what needs the packages, for messages.
 * @throws {Error} if that isn't possible; the message says what to do.
 */
export function installPackages(
  what: string,
  packages: readonly string[],
  print: (line: string) => void = console.log,
): void {
  if (!isDebian() || process.getuid?.() !== 0) throw new Error(howToInstall(what, packages))
  for (const command of commandsFor(packages)) {
    print(`${what} is not installed; running: ${command.join(' ')}`)
    install(command)
  }
}

/** A message that says what is missing, and how to install it. */
export function howToInstall(what: string, packages: readonly string[]): string {
  const commands = commandsFor(packages).map(command => command.join(' '))
  return `${what} is not installed; install ${packages.join(' and ')} (on Debian, as root: ${commands.join(' && ')})`
}

const commandsFor = (packages: readonly string[]): string[][] => [
  ['apt-get', '-q', 'update'],
  ['apt-get', '-q', 'install', '-y', '--no-install-recommends', ...packages],
]

const isDebian = (): boolean =>
  existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))

function install([command = '', ...args]: readonly string[]) {
  const { problem, stderr } = runSync(command, args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeLimitMs: INSTALL_LIMIT_MINUTES * 60_000,
  })
  if (problem !== undefined)
    throw new Error(`${command} ${args.join(' ')} failed, ${problem}: ${stderr.trim()}`)
}
