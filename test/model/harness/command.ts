// What all commands share. Each is a line that can be read without the ones before it.
import type fc from 'fast-check'
import type { Real } from './compare.js'
import { keyOf, type Life, type Model, type ModelKey, type PlainSpec, use } from './model.js'
import { type Effect, runningIn, start } from './operations.js'

export type Command = fc.Command<Model, Real>
/** The same for types of numbers and of bigints. */
export type Amount = readonly [number, bigint]
/** When a thread ends in the middle of an operation, if that takes so long. */
export type Moment = number | undefined
/** A name and its definition. */
export type Entry = readonly [name: string, spec: PlainSpec]

export const said = (lane: string, what: string, moment?: Moment): string =>
  `${lane}: ${what}${moment === undefined ? '' : `, and ends at moment ${moment} of it`}`

/** A command of the thread that runs in a lane; it starts, if there is none. */
export const command = (
  line: string,
  lane: string,
  run: (model: Model, real: Real, life: Life) => void,
): Command => ({
  check: () => true,
  run: (model, real) => run(model, real, runningIn(model, lane) ?? start(model, real, lane)),
  toString: () => line,
})

/** The first use of a key. */
export const used =
  (name: string): Effect =>
  (model, life) =>
    use(life, keyOf(model, name) as ModelKey)
