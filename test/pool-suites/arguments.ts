// The command line: which pools, and where they are.
import { resolve } from 'node:path'
import { parseCommandLine } from '../../tools/command-line.js'
import { installedVersion } from '../../tools/repository.js'
import { REPEATS } from './comparison.js'
import { SUITES, type Suite } from './suites.js'

export const USAGE: string = `usage: npm run test:pool-suites -- ${SUITES.map(({ name }) => `[${name}=<folder>]`).join(' ')} [--help]`

export const HELP: string = `${USAGE}

Runs the tests of other projects' pools, unmodified and with their own runner: first without this package, then with it
loaded into every process and thread by --import. The exit code is 1 unless the same tests pass.

Clone what you want to test. These are the versions that our own tests use:

${SUITES.map(({ name, repository }) => `  git clone --branch v${installedVersion(name)} ${repository} ../${name}`).join('\n')}

The package piscina on npm contains its tests, so an unpacked one will do, too. What the tests need is installed from npm if the
folder has no node_modules, and the pool is built if it has no dist.

A pool takes about three minutes. Some of its tests have time limits, so use a machine that does nothing else. The files of tests
that pass in one of the two runs only are repeated ${REPEATS} times both ways. A test differs if its numbers of passes then differ by more
than half of that; if not, it is listed as varying by chance.`

export interface PoolFolder {
  readonly suite: Suite
  readonly folder: string
}

/**
 * The pools that the arguments name; undefined if these ask for help, or there are none.
 * @throws {Error} for wrong arguments, with a message for the user.
 */
export function parseRequest(args: readonly string[]): readonly PoolFolder[] | undefined {
  const { values, positionals } = parseCommandLine(
    args,
    { help: { type: 'boolean' } },
    SUITES.length,
    'one folder per pool',
  )
  if (values.help || positionals.length === 0) return undefined
  return positionals.map(argument => {
    const [, name = '', folder = ''] = argument.match(/^([^=]*)=(.+)$/) ?? []
    const suite = SUITES.find(suite => suite.name === name)
    if (!suite) {
      const forms = SUITES.map(({ name }) => `${name}=<folder>`)
      throw new Error(`use ${forms.join(' or ')}, got '${argument}'`)
    }
    return { suite, folder: resolve(folder) }
  })
}
