// The command line of a chaos run.
import { parseCommandLine } from '../../../tools/command-line.js'
import { DEATHS } from './deaths.js'
import type { Plan } from './storm.js'

const DEFAULT_SECONDS = 60

export const USAGE = 'usage: npm run chaos -- [--seconds n] [--minutes n] [--deaths n] [--seed n] [--help]'

export const HELP: string = `${USAGE}

Starts threads that count and make keys, and die in every way that there is, again and again, while another one reads;
and compares what they acknowledged with what is left of them. Ends with 1 if anything is lost.

  --seconds n   how long; default: ${DEFAULT_SECONDS}
  --minutes n   the same in minutes
  --deaths n    ends after so many deaths, if the time has not passed before
  --seed n      of the random choices; moments are left to chance in any case
  --help        print this`

const OPTIONS = {
  seconds: { type: 'string', takes: 'a number above 0' },
  minutes: { type: 'string', takes: 'a number above 0' },
  deaths: { type: 'string', takes: 'a whole number from 1' },
  seed: { type: 'string', takes: 'a whole number from 0' },
  help: { type: 'boolean' },
} as const

/**
 * What was asked for; undefined if it was help.
 * @throws {Error} if it makes no sense, with a message for whoever typed it.
 */
export function parsePlan(args: readonly string[]): Plan | undefined {
  const { values } = parseCommandLine(args, OPTIONS, 0, 'no arguments without --')
  if (values.help) return undefined
  if (values.seconds !== undefined && values.minutes !== undefined) {
    throw new Error('--seconds and --minutes are the same; use one of them')
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

/** Undefined if the option is not there. */
function numberOf(
  option: 'seconds' | 'minutes' | 'deaths' | 'seed',
  value: string | undefined,
  form: RegExp,
  least: number,
): number | undefined {
  if (value === undefined) return undefined
  const number = form.test(value) ? Number(value) : Number.NaN
  if (number >= least && number <= Number.MAX_SAFE_INTEGER) return number
  throw new Error(`--${option} takes ${OPTIONS[option].takes}, got '${value}'`)
}
