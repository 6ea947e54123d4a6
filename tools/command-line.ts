/*
 * Command lines: what `parseArgs` reads, checked, with messages for the person who typed it.
 */
import { parseArgs } from 'node:util'

interface Option {
  readonly type: 'string' | 'boolean'
  /** Whether the option may be repeated: its value is then an array. */
  readonly multiple?: boolean
  /** Completes the message "--option takes …". */
  readonly takes?: string
}

type Options = { readonly [name: string]: Option }

type ValueOf<O extends Option> = O extends { readonly multiple: true }
  ? string[]
  : O['type'] extends 'string'
    ? string
    : boolean

export interface CommandLine<O extends Options> {
  readonly values: { readonly [N in keyof O]?: ValueOf<O[N]> }
  readonly positionals: readonly string[]
}

/**
 * Parses arguments. `positionalsAllowed` says how many positional arguments are allowed, and is the beginning
 * of the message if there are more: 'one folder at most'.
 * @throws {Error} for an unknown option, an option without its value, a value for an option that takes none,
 * and too many positional arguments.
 */
export function parseCommandLine<const O extends Options>(
  args: readonly string[],
  options: O,
  maxPositionals: number,
  positionalsAllowed: string,
): CommandLine<O> {
  // Not strict: the messages of strict parsing are long and don't name the value.
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { name, rawName, value } = token
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (!option) {
      const known = Object.keys(options).map(option => `--${option}`)
      throw new Error(`unknown option ${rawName}; use one of ${known.join(', ')}`)
    }
    if (option.type === 'boolean' && value !== undefined) {
      throw new Error(`${rawName} takes no value, got '${value}'`)
    }
    if (option.type === 'string' && value === undefined) {
      throw new Error(`${rawName} takes ${option.takes ?? 'a value'}, got nothing`)
    }
  }
  if (positionals.length > maxPositionals) {
    throw new Error(`${positionalsAllowed}, got ${positionals.length}: ${positionals.join(' ')}`)
  }
  return { values: values as CommandLine<O>['values'], positionals }
}

/**
 * An option's value as a whole number; undefined if the option is absent.
 * @throws {Error} if the value is anything else, or out of range.
 */
export function wholeNumber(
  option: string,
  value: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (value === undefined) return undefined
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (number >= min && number <= max) return number
  throw new Error(`--${option} takes ${rangeText(min, max)}, got '${value}'`)
}

/** The `takes` of an option that is read by `wholeNumber`. */
export const rangeText = (min: number, max: number): string => `a whole number from ${min} to ${max}`

/**
 * Parses this process's own arguments with `parse`. Returns undefined if nothing remains to be done: after
 * printing the help (`parse` returned undefined), or after printing an error of `parse` with the usage, which
 * sets exit code 2.
 */
export function readCommandLine<R>(
  parse: (args: readonly string[]) => R | undefined,
  help: string,
  usage: string,
): R | undefined {
  try {
    const request = parse(process.argv.slice(2))
    if (request === undefined) console.log(help)
    return request
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`)
    process.exitCode = 2
    return undefined
  }
}
