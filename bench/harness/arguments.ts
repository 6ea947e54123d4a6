/*
 * The command line of the benchmarks.
 */

import { parseCommandLine } from '../../tools/command-line.js'
import { GROUP_NAMES, type GroupName } from '../groups/index.js'
import type { Plan } from './runner.js'
import { browsers, type Executable, inspect } from './runtimes.js'

export interface Request extends Plan {
  /** Of `bench/results`, instead of measuring. */
  readonly saved: boolean
  readonly save: boolean
  readonly check: boolean
  readonly json: boolean
}

const OPTIONS = {
  only: { type: 'string', multiple: true },
  node: { type: 'string', multiple: true },
  quick: { type: 'boolean' },
  check: { type: 'boolean' },
  json: { type: 'boolean' },
  saved: { type: 'boolean' },
  save: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

const FULL = { rounds: 3, milliseconds: 60 }
const QUICK = { rounds: 1, milliseconds: 8 }

const WITHOUT_BROWSERS = GROUP_NAMES.filter(name => name !== 'browsers')

export const USAGE =
  'usage: npm run bench -- [--only group] [--node path] [--quick] [--check] [--json] [--saved] [--save] [--help]'

export const HELP: string = `${USAGE}

Times this library against everything that a user might take instead: ns for one operation, the median of all samples,
and how far the middle half of them lies from it. Each scenario runs in processes of its own, in several rounds, in
another order each time; whatever is compared is checked for equal results before.

  --only group   ${GROUP_NAMES.join(', ')}; may be repeated; browsers are measured only so
  --node path    another Node, Bun or Deno to measure; repeated, they stand side by side
  --quick        one short round: under 30 s in all, instead of under 5 minutes
  --check        also compare with what this project promises
  --json         print the results as JSON, and nothing else
  --saved        show what is in bench/results, without measuring
  --save         write the results to bench/results, draw the plots, and put chart and tables into the README; of a full
                 run, or with --only browsers
  --help         print this`

/**
 * What was asked for; undefined if it was help.
 * @throws {Error} if it makes no sense, with a message for whoever typed it.
 */
export function parseRequest(args: readonly string[]): Request | undefined {
  const { values } = parseCommandLine(args, OPTIONS, 0, 'no arguments without --')
  if (values.help) return undefined
  const { quick = false, check = false, json = false, saved = false, save = false } = values
  // Browsers take a minute by themselves, and not everybody has them.
  const groups = groupsOf(values.only ?? (saved ? GROUP_NAMES : WITHOUT_BROWSERS))
  if (save && !saved && (quick || (values.only && `${groups}` !== 'browsers'))) {
    throw new Error('--save keeps full runs only; leave out --quick and --only, but for --only browsers')
  }
  const runtimes = saved ? [] : runtimesOf(values.node ?? [process.execPath])
  return {
    groups,
    runtimes: !saved && groups.includes('browsers') ? [...runtimes, ...browsers()] : runtimes,
    ...(quick ? QUICK : FULL),
    saved,
    save,
    check,
    json,
  }
}

function groupsOf(only: readonly string[]): readonly GroupName[] {
  for (const name of only) {
    if (!GROUP_NAMES.includes(name as GroupName)) {
      throw new Error(`--only takes one of ${GROUP_NAMES.join(', ')}, got '${name}'`)
    }
  }
  return GROUP_NAMES.filter(name => only.includes(name))
}

function runtimesOf(paths: readonly string[]): Executable[] {
  const runtimes = paths.map(inspect)
  const seen = new Set<string>()
  for (const { name, version, path } of runtimes) {
    if (seen.has(name + version)) throw new Error(`--node ${path} is ${name} ${version} once more`)
    seen.add(name + version)
  }
  return runtimes
}
