/*
 * The command line.
 */
import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

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
  threads: { type: 'string' },
  passes: { type: 'string' },
  crash: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

/**
 * What was asked for; undefined if it was help.
 * @throws {Error} if it makes no sense, with a message for whoever typed it.
 */
export function parseOptions(args: readonly string[]): Options | undefined {
  // Not strict: the messages of strict parsing are long, and don't name the value.
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  for (const token of tokens) {
    if (token.kind === 'option') checkOption(token.name, token.rawName, token.value)
  }
  if (values.help) return undefined
  if (positionals.length > 1) {
    throw new Error(`one folder at most, got ${positionals.length}: ${positionals.join(' ')}`)
  }
  const [folder] = positionals
  if (folder !== undefined) checkFolder(folder)
  const processors = availableParallelism()
  const threads = wholeNumber('--threads', values.threads, MAX_THREADS) ?? Math.min(processors, MAX_THREADS)
  const passes = wholeNumber('--passes', values.passes, MAX_PASSES)
  // More threads than processors are no faster.
  const defaultPasses = Math.min(DEFAULT_FOLDER_PASSES * Math.min(threads, processors), MAX_PASSES)
  return {
    folder: folder ?? DEFAULT_FOLDER,
    threads,
    passes: passes ?? (folder === undefined ? defaultPasses : 1),
    crash: values.crash === true,
  }
}

function checkOption(name: string, rawName: string, value: string | undefined): void {
  if (!Object.hasOwn(OPTIONS, name)) {
    const known = Object.keys(OPTIONS).map(option => `--${option}`)
    throw new Error(`unknown option ${rawName}; there are ${known.join(', ')}`)
  }
  const { type } = OPTIONS[name as keyof typeof OPTIONS]
  if (type === 'boolean' && value !== undefined) throw new Error(`${rawName} takes no value, got '${value}'`)
}

function checkFolder(folder: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) throw new Error(`folder '${folder}' does not exist`)
  if (!stats.isDirectory()) throw new Error(`'${folder}' is not a folder`)
}

/** Undefined if the option is not there. */
function wholeNumber(option: string, value: string | boolean | undefined, max: number): number | undefined {
  if (value === undefined) return undefined
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (number >= 1 && number <= max) return number
  const got = typeof value === 'string' ? `'${value}'` : 'nothing'
  throw new Error(`${option} takes a whole number from 1 to ${max}, got ${got}`)
}
