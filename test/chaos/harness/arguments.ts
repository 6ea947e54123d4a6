// The command line of a chaos run.
import { parseCommandLine } from '../../../tools/command-line.js'
import type { Plan } from './chaos-run.js'
import { DEATHS } from './deaths.js'

const DEFAULT_SECONDS = 60

export const USAGE = 'usage: npm run chaos -- [--seconds n] [--minutes n] [--deaths n] [--seed n] [--help]'

export const HELP: string = `${USAGE}

Starts threads that count, make keys and die in every possible way, while another thread reads. Compares what they
acknowledged with what they left. The exit code is 1 if anything was lost or counted twice.

  --seconds n   stop after n seconds (default: ${DEFAULT_SECONDS})
  --minutes n   stop after n minutes
  --deaths n    stop after n deaths, if that comes first
  --seed n      draw the random numbers of an earlier run; the timing of threads still varies
  --help        print this text`

const OPTIONS = {
  seconds: { type: 'string', takes: 'a number above 0' },
  minutes: { type: 'string', takes: 'a number above 0' },
  deaths: { type: 'string', takes: 'a whole number from 1' },
  seed: { type: 'string', takes: 'a whole number from 0' },
  help: { type: 'boolean' },
} as const

/**
 * The plan that the arguments ask for; undefined if they ask for help.
 * @throws {Error} for wrong arguments, with a message for the user.
 */
export function parsePlan(args: readonly string[]): Plan | undefined {
  const { values } = parseCommandLine(args, OPTIONS, 0, 'no arguments without --')
  if (values.help) return undefined
  if (values.seconds !== undefined && values.minutes !== undefined) {
    throw new Error('--seconds and --minutes both set the time; use one of them')
  }
  const minutes = numberOf('minutes', values.minutes, /^\d*\.?\d+$/, Number.MIN_VALUE)
  const seconds = numberOf('seconds', values.seconds, /^\d*\.?\d+$/, Number.MIN_VALUE)
  return {
    seconds: seconds ?? 60 * (minutes ?? DEFAULT_SECONDS / 60),
    deaths: numberOf('deaths', values.deaths, /^\d+$/, 1) ?? Number.POSITIVE_INFINITY,
    seed: numberOf('seed', values.seed, /^\d+$/, 0) ?? Date.now() % 1_000_000,
    ways: DEATHS,
  }
}

/** Undefined if the option isn't given. */
function numberOf(
  option: 'seconds' | 'minutes' | 'deaths' | 'seed',
  value: string | undefined,
  pattern: RegExp,
  min: number,
): number | undefined {
  if (value === undefined) return undefined
  const number = pattern.test(value) ? Number(value) : Number.NaN
  if (number >= min && number <= Number.MAX_SAFE_INTEGER) return number
  throw new Error(`--${option} takes ${OPTIONS[option].takes}, got '${value}'`)
}
