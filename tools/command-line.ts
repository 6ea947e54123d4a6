/*
 * Command lines: what `parseArgs` reads, checked with messages for whoever typed it.
 */
import { parseArgs } from 'node:util'

interface Option {
  readonly type: 'string' | 'boolean'
  readonly multiple?: boolean
  /** What a value of it is, for messages. */
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
 * @throws {Error} for an option that is unknown, lacks its value or has one too many, and for more positional arguments
 * than allowed.
 */
export function parseCommandLine<const O extends Options>(
  args: readonly string[],
  options: O,
  maxPositionals: number,
  positionalName: string,
): CommandLine<O> {
  // Not strict: the messages of strict parsing are long, and don't name the value.
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
      throw new Error(`unknown option ${rawName}; there are ${known.join(', ')}`)
    }
    if (option.type === 'boolean' && value !== undefined) {
      throw new Error(`${rawName} takes no value, got '${value}'`)
    }
    if (option.type === 'string' && value === undefined) {
      throw new Error(`${rawName} takes ${option.takes ?? 'a value'}, got nothing`)
    }
  }
  if (positionals.length > maxPositionals) {
    throw new Error(`${positionalName}, got ${positionals.length}: ${positionals.join(' ')}`)
  }
  return { values: values as CommandLine<O>['values'], positionals }
}

/**
 * What this process was asked for, by `parse`. Undefined if there is nothing to do: after help, which is printed, or an
 * error of `parse`, which is printed with the usage, and sets the exit code.
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
