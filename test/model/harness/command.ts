// What all commands share. Each command prints as a line that can be understood without the lines before it.
import type fc from 'fast-check'
import type { Real } from './compare.js'
import { keyOf, type Model, type ModelKey, type ModelThread, type PlainSpec, use } from './model.js'
import { type Effect, runningIn, start } from './perform.js'

export type Command = fc.Command<Model, Real>
/** An amount for keys whose values are numbers, one for keys whose values are bigints, and one for texts. */
export type Amount = readonly [number, bigint, string]
/** Where a thread crashes in the middle of an operation; see `runToCrash`. Undefined if it doesn't. */
export type CrashPoint = number | undefined
/** A name and its definition. */
export type Entry = readonly [name: string, spec: PlainSpec]

export const describe = (lane: string, what: string, crashPoint?: CrashPoint): string =>
  `${lane}: ${what}${crashPoint === undefined ? '' : `, but crashes at point ${crashPoint}`}`

/** A command of the thread that runs in a lane. If none runs there, one starts. */
export const command = (
  line: string,
  lane: string,
  run: (model: Model, real: Real, thread: ModelThread) => void,
): Command => ({
  check: () => true,
  run: (model, real) => run(model, real, runningIn(model, lane) ?? start(model, real, lane)),
  toString: () => line,
})

/** The effect of using a key. */
export const useOf =
  (name: string): Effect =>
  (model, thread) =>
    use(thread, keyOf(model, name) as ModelKey)
