/*
 * The command line.
 */
import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseCommandLine } from '../../tools/command-line.js'

export interface Options {
  readonly folder: string
  readonly threads: number
  readonly passes: number
  readonly crash: boolean
}

// The table has 256 rows, and the main thread takes one.
const MAX_THREADS = 250
const MAX_PASSES = 1000
/** What is always there to be counted. */
const DEFAULT_FOLDER = join(import.meta.dirname, '../../../node_modules')
/** It is small: counted so often by each thread that there is something to watch, some seconds on any machine. */
const DEFAULT_FOLDER_PASSES = 15

export const USAGE = `usage: npm start -- [folder] [--threads n] [--passes n] [--crash] [--help]`

export const HELP: string = `${USAGE}

Counts files, bytes, lines and words of all text files in a folder, with several threads that never send a message,
and shows what each has counted so far. Then one thread counts again, and compares.

  folder        default: node_modules of this project
  --threads n   threads that count: 1 to ${MAX_THREADS}; default: ${availableParallelism()}, one for each processor
  --passes n    how often each file is counted: 1 to ${MAX_PASSES}; default: 1, or without a folder ${DEFAULT_FOLDER_PASSES} × threads
  --crash       terminate a thread in the middle of its work; another one takes over
  --help        print this`

const OPTIONS = {
  threads: { type: 'string', takes: `a whole number from 1 to ${MAX_THREADS}` },
  passes: { type: 'string', takes: `a whole number from 1 to ${MAX_PASSES}` },
  crash: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

/**
 * What was asked for; undefined if it was help.
 * @throws {Error} if it makes no sense, with a message for whoever typed it.
 */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parseCommandLine(args, OPTIONS, 1, 'one folder at most')
  if (values.help) return undefined
  const [folder] = positionals
  if (folder !== undefined) checkFolder(folder)
  const processors = availableParallelism()
  const threads = wholeNumber('threads', values.threads, MAX_THREADS) ?? Math.min(processors, MAX_THREADS)
  const passes = wholeNumber('passes', values.passes, MAX_PASSES)
  // More threads than processors are no faster.
  const defaultPasses = Math.min(DEFAULT_FOLDER_PASSES * Math.min(threads, processors), MAX_PASSES)
  return {
    folder: folder ?? DEFAULT_FOLDER,
    threads,
    passes: passes ?? (folder === undefined ? defaultPasses : 1),
    crash: values.crash === true,
  }
}

function checkFolder(folder: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) throw new Error(`folder '${folder}' does not exist`)
  if (!stats.isDirectory()) throw new Error(`'${folder}' is not a folder`)
}

/** Undefined if the option is not there. */
function wholeNumber(
  option: 'threads' | 'passes',
  value: string | undefined,
  max: number,
): number | undefined {
  if (value === undefined) return undefined
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (number >= 1 && number <= max) return number
  throw new Error(`--${option} takes ${OPTIONS[option].takes}, got '${value}'`)
}
