/*
 * The method: all executions of a few threads, as a memory model sees them.
 *
 * Tests that run cannot show that an outcome is impossible, and on x86 they don't even see what Arm may reorder. Here, the
 * protocol's critical shapes are written down as litmus tests (shapes.ts): some threads, a few accesses each, and outcomes
 * that must never be observed.
 *
 * - executions.ts lists the candidate executions that end in an outcome: which value each load returns, and which store
 *   that value comes from, byte by byte. Nothing is sampled.
 * - A memory model says which candidates can happen: ecmascript.ts, x86.ts, arm.ts. An outcome is possible if its model
 *   allows one candidate.
 * - classics.test.ts compares the models with published verdicts. shapes.test.ts requires that hardware never shows
 *   a forbidden outcome, and that it appears as soon as any one of the shape's fences is missing.
 * - litmus-files.ts writes the same shapes for herd7, and page.ts the table in docs/memory-model.md.
 *
 * The models see loads and stores as they are written here. What a compiler might do to them first isn't modelled.
 *
 * This file is the language in which programs are written, and the events that they consist of.
 */

/** A word of shared memory, divided into the pieces that no access of its program splits. The first piece is the lowest. */
export interface Location {
  readonly name: string
  readonly pieceBytes: readonly number[]
  readonly initial: number
}

/** Consecutive pieces of a location: what one access reads or writes. */
export interface Place {
  readonly location: Location
  readonly first: number
  readonly count: number
}

/** A constant, or the sum of what earlier loads of the same thread have put into registers. */
export type Value = number | readonly string[]

export type Operation =
  | { kind: 'load'; place: Place; isAtomic: boolean; register: string }
  | { kind: 'store'; place: Place; isAtomic: boolean; value: Value }
  /** An atomic read-modify-write. Nothing is stored if another value than `expected` is found. */
  | { kind: 'update'; place: Place; register: string; expected: number | undefined; value: Value }
  /** A barrier of the processor: `dmb ish` or `mfence`. JavaScript has none; the classic tests need it. */
  | { kind: 'barrier' }
  /** A branch around operations. */
  | { kind: 'when'; register: string; equals: number; operations: readonly Operation[] }

/** One thread's operations, in program order. */
export type Thread = readonly Operation[]

/** What some registers contain in the end. Each register belongs to one thread. */
export interface Outcome {
  readonly [register: string]: number
}

export const locationOf = (name: string, pieceBytes: readonly number[], initial: number): Location => ({
  name,
  pieceBytes,
  initial,
})

/** A part of a location. */
export const part = (location: Location, first: number, count = 1): Place => ({ location, first, count })

type Target = Location | Place
type Load = (target: Target, register: string) => Operation
type Store = (target: Target, value: Value) => Operation

const placeOf = (target: Target): Place =>
  'location' in target ? target : part(target, 0, target.pieceBytes.length)

const loadWith =
  (isAtomic: boolean): Load =>
  (target, register) => ({ kind: 'load', place: placeOf(target), isAtomic, register })

const storeWith =
  (isAtomic: boolean): Store =>
  (target, value) => ({ kind: 'store', place: placeOf(target), isAtomic, value })

/** A plain load or store, and `Atomics.load` and `Atomics.store`. */
export const load: Load = loadWith(false)
export const store: Store = storeWith(false)
export const atomicLoad: Load = loadWith(true)
export const atomicStore: Store = storeWith(true)

/** `Atomics.compareExchange`. The register gets what was there. */
export const compareExchange = (
  target: Target,
  expected: number,
  value: Value,
  register: string,
): Operation => ({ kind: 'update', place: placeOf(target), register, expected, value })

/** `Atomics.or` with 0: a fence that leaves the value as it is. */
export const orZero = (target: Target, register: string): Operation => ({
  kind: 'update',
  place: placeOf(target),
  register,
  expected: undefined,
  value: [register],
})

export const barrier: Operation = { kind: 'barrier' }

export const when = (register: string, equals: number, ...operations: Operation[]): Operation => ({
  kind: 'when',
  register,
  equals,
  operations,
})

/** The pieces of a place, as keys. */
export const piecesOf = ({ location, first, count }: Place): string[] =>
  Array.from({ length: count }, (_, i) => `${location.name}.${first + i}`)

/** Splits a value into those of a place's pieces. */
export function splitValue({ location, first, count }: Place, value: number): number[] {
  let rest = value
  return location.pieceBytes.slice(first, first + count).map(bytes => {
    const piece = rest % 256 ** bytes
    rest = Math.floor(rest / 256 ** bytes)
    return piece
  })
}

/** The opposite of `splitValue`. */
export const joinValue = ({ location, first }: Place, values: readonly number[]): number =>
  values.reduceRight((rest, value, i) => rest * 256 ** (location.pieceBytes[first + i] as number) + value, 0)

export const isWhole = ({ location, count }: Place): boolean => count === location.pieceBytes.length

export const bytesOf = ({ location, first, count }: Place): number =>
  location.pieceBytes.slice(first, first + count).reduce((sum, bytes) => sum + bytes, 0)

/** One access of an execution, or a barrier. An update is two events: a read, and a write if it stores. */
export interface Event {
  readonly kind: 'read' | 'write' | 'barrier'
  readonly thread: number
  /** Its number in program order. */
  readonly position: number
  readonly isAtomic: boolean
  readonly bytes: number
  readonly pieces: readonly string[]
  /** True if these are all pieces of their location. */
  readonly isWhole: boolean
  /** What is read or written, by piece. */
  readonly values: readonly number[]
  /** The reads that branches before this event depend on. */
  readonly control: readonly Event[]
  /** The reads that the value of this write is computed from. */
  readonly data: readonly Event[]
  /** For the write of an update: its read. */
  readonly updates: Event | undefined
}

export const isBefore = (a: Event, b: Event): boolean => a.thread === b.thread && a.position < b.position

export const overlaps = (a: Event, b: Event): boolean => a.pieces.some(piece => b.pieces.includes(piece))

export const hasEqualRange = (a: Event, b: Event): boolean => a.pieces.join() === b.pieces.join()
