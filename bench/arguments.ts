/*
 * The benchmarks' command line.
 */
import { parseCommandLine } from '../tools/command-line.js'
import { GROUP_NAMES, type GroupName } from './groups/index.js'
import type { Plan } from './harness/runner.js'
import { browsers, type Executable, inspect } from './harness/runtimes.js'

export interface Request extends Plan {
  /** Take the results from bench/results instead of measuring. */
  readonly saved: boolean
  readonly save: boolean
  /** Whether saved figures of groups that aren't measured remain. */
  readonly isPartial: boolean
  readonly check: boolean
  readonly json: boolean
}

const OPTIONS = {
  only: { type: 'string', multiple: true, takes: `names of groups: ${GROUP_NAMES.join(', ')}` },
  node: { type: 'string', multiple: true, takes: 'the path of a Node, Bun or Deno executable' },
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
  'usage: npm run bench -- [--only groups] [--node path] [--quick] [--check] [--json] [--saved] [--save] [--help]'

export const HELP: string = `${USAGE}

Times this library against everything that could be used instead. Prints the time of one operation: the median of all
samples, and ± half the distance between their quartiles. Each scenario runs in processes of its own, in several rounds,
in random order. Contenders are timed only after a check that they have equal results.

  --only groups  measure these groups alone: ${GROUP_NAMES.slice(0, 5).join(', ')},
                 ${GROUP_NAMES.slice(5).join(', ')}. Separate several by commas. The group browsers
                 is measured only if it is named here
  --node path    measure another Node, Bun or Deno; repeat the option to compare several side by side
  --quick        one short round: takes about a minute instead of some 10
  --check        also compare the results with the limits that this project sets itself
  --json         print the results as JSON, and nothing else
  --saved        show the results of bench/results instead of measuring
  --save         write the results and their plots to bench/results, and their tables into README.md and
                 docs/performance.md. With --only, figures of other groups stay there, with their date.
                 With --saved, writes the plots and tables again from the saved results
  --help         print this help`

/**
 * Parses the arguments. Returns undefined if they ask for help.
 * @throws {Error} if they make no sense, with a message for the person who typed them.
 */
export function parseRequest(args: readonly string[]): Request | undefined {
  const { values } = parseCommandLine(args, OPTIONS, 0, 'only options are allowed')
  if (values.help) return undefined
  const { quick = false, check = false, json = false, saved = false, save = false } = values
  // Browsers take a minute by themselves, and not everybody has them installed.
  const groups = values.only ? groupsOf(values.only) : saved ? GROUP_NAMES : WITHOUT_BROWSERS
  if (save && !saved && quick) throw new Error('--save keeps no short runs: leave out --quick')
  const runtimes = saved ? [] : runtimesOf(values.node ?? [process.execPath])
  return {
    groups,
    runtimes: !saved && groups.includes('browsers') ? [...runtimes, ...browsers()] : runtimes,
    ...(quick ? QUICK : FULL),
    saved,
    save,
    isPartial: !saved && WITHOUT_BROWSERS.some(name => !groups.includes(name)),
    check,
    json,
  }
}

function groupsOf(only: readonly string[]): readonly GroupName[] {
  const names = only.flatMap(list => list.split(','))
  for (const name of names) {
    if (!GROUP_NAMES.includes(name as GroupName)) {
      throw new Error(`--only takes ${OPTIONS.only.takes}; got '${name}'`)
    }
  }
  return GROUP_NAMES.filter(name => names.includes(name))
}

function runtimesOf(paths: readonly string[]): Executable[] {
  const runtimes = paths.map(inspect)
  const seen = new Set<string>()
  for (const { name, version, path } of runtimes) {
    if (seen.has(name + version))
      throw new Error(`--node ${path} is ${name} ${version}, which is listed twice`)
    seen.add(name + version)
  }
  return runtimes
}
