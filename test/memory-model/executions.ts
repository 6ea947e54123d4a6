/*
 * The candidate executions of a program: every combination of values that its loads might return, and of stores that these
 * values might come from. A memory model then says which candidates can happen.
 *
 * A load may return any value that some run stores at its bytes. Nothing here orders events, except that a thread doesn't
 * read around its own stores, which no model allows.
 */
import {
  bytesOf,
  type Event,
  isBefore,
  isWhole,
  joinValue,
  type Location,
  type Operation,
  type Outcome,
  type Place,
  piecesOf,
  splitValue,
  type Thread,
  type Value,
} from './events.js'

/** For each read, and each of its pieces: the write that it reads; undefined for the initial value. */
export type ReadsFrom = ReadonlyMap<Event, readonly (Event | undefined)[]>

export interface Candidate {
  readonly events: readonly Event[]
  readonly readsFrom: ReadsFrom
}

/** One way in which a thread may run, if its loads return certain values. */
interface Run {
  readonly events: readonly Event[]
  readonly registers: Outcome
  /** The reads that the registers come from. */
  readonly sources: ReadonlyMap<string, Event>
  readonly control: readonly Event[]
}

/** Per piece: the values that it may have. */
type Domain = Map<string, Set<number>>

/** All combinations of one element of each list. */
export function* combinations<T>(lists: readonly (readonly T[])[]): Generator<readonly T[]> {
  const [first, ...rest] = lists
  if (first === undefined) yield []
  else for (const element of first) for (const others of combinations(rest)) yield [element, ...others]
}

/** What a barrier doesn't have, and a read doesn't either or gets later. */
const NO_VALUES = {
  isAtomic: false,
  bytes: 0,
  pieces: [],
  isWhole: false,
  values: [],
  data: [],
  updates: undefined,
}

/** All runs of the operations, as continuations of a run. Values that an outcome rules out are left out. */
function* runsFrom(
  operations: readonly Operation[],
  run: Run,
  thread: number,
  domain: Domain,
  outcome: Outcome,
): Generator<Run> {
  const [operation, ...rest] = operations
  const next = (following: readonly Operation[], changes: Partial<Run>) =>
    runsFrom(following, { ...run, ...changes }, thread, domain, outcome)
  const { events, control, registers, sources } = run
  const place = { thread, position: events.length, control }
  if (operation === undefined) yield run
  else if (operation.kind === 'barrier') {
    yield* next(rest, { events: [...events, { ...NO_VALUES, ...place, kind: 'barrier' }] })
  } else if (operation.kind === 'when') {
    const isTaken = registers[operation.register] === operation.equals
    yield* next(isTaken ? [...operation.operations, ...rest] : rest, {
      control: [...control, sources.get(operation.register) as Event],
    })
  } else if (operation.kind === 'store') {
    yield* next(rest, { events: [...events, writeOf(operation, run, thread, undefined)] })
  } else {
    const pieces = piecesOf(operation.place)
    for (const values of combinations(pieces.map(piece => [...(domain.get(piece) as Set<number>)]))) {
      const { register } = operation
      const value = joinValue(operation.place, values)
      if (value !== (outcome[register] ?? value)) continue
      const isAtomic = operation.kind === 'update' || operation.isAtomic
      const read: Event = {
        ...NO_VALUES,
        ...place,
        ...rangeOf(operation.place),
        kind: 'read',
        isAtomic,
        values,
      }
      const after: Run = {
        events: [...events, read],
        registers: { ...registers, [register]: value },
        sources: new Map([...sources, [register, read]]),
        control,
      }
      const isStored = operation.kind === 'update' && value === (operation.expected ?? value)
      yield* next(
        rest,
        isStored ? { ...after, events: [...after.events, writeOf(operation, after, thread, read)] } : after,
      )
    }
  }
}

const rangeOf = (place: Place) => ({
  bytes: bytesOf(place),
  pieces: piecesOf(place),
  isWhole: isWhole(place),
})

function writeOf(
  operation: Extract<Operation, { kind: 'store' | 'update' }>,
  { events, registers, sources, control }: Run,
  thread: number,
  updates: Event | undefined,
): Event {
  const { place, kind, value } = operation
  const names = typeof value === 'number' ? [] : value
  return {
    kind: 'write',
    thread,
    position: events.length,
    isAtomic: kind === 'update' || operation.isAtomic,
    ...rangeOf(place),
    values: splitValue(place, evaluate(value, registers)),
    control,
    data: names.map(name => sources.get(name) as Event),
    updates,
  }
}

const evaluate = (value: Value, registers: Outcome): number =>
  typeof value === 'number' ? value : value.reduce((sum, name) => sum + (registers[name] as number), 0)

/** All locations that operations access. */
export function locationsOf(operations: readonly Operation[]): Set<Location> {
  const locations = new Set<Location>()
  for (const operation of operations) {
    if (operation.kind === 'when') {
      for (const location of locationsOf(operation.operations)) locations.add(location)
    } else if (operation.kind !== 'barrier') locations.add(operation.place.location)
  }
  return locations
}

const initialValues = (threads: readonly Thread[]): Map<string, number> =>
  new Map(
    [...locationsOf(threads.flat())].flatMap(location => {
      const place = { location, first: 0, count: location.pieceBytes.length }
      const values = splitValue(place, location.initial)
      return piecesOf(place).map((piece, i) => [piece, values[i] as number] as const)
    }),
  )

/** The runs of each thread that agree with an outcome. */
function runsOf(threads: readonly Thread[], initial: ReadonlyMap<string, number>, outcome: Outcome): Run[][] {
  const domain: Domain = new Map([...initial].map(([piece, value]) => [piece, new Set([value])]))
  const start: Run = { events: [], registers: {}, sources: new Map(), control: [] }
  const runs = (restriction: Outcome) =>
    threads.map((thread, i) => [...runsFrom(thread, start, i, domain, restriction)])
  // More values in memory may make more runs, and these may store more values.
  for (let size = 0; size < sizeOf(domain); ) {
    size = sizeOf(domain)
    for (const { events } of runs({}).flat()) {
      for (const { pieces, values } of events.filter(({ kind }) => kind === 'write'))
        for (const [i, piece] of pieces.entries()) domain.get(piece)?.add(values[i] as number)
    }
  }
  return runs(outcome)
}

const sizeOf = (domain: Domain): number => [...domain.values()].reduce((sum, { size }) => sum + size, 0)

/** The candidate executions of a program that end in an outcome. */
export function* candidates(threads: readonly Thread[], outcome: Outcome): Generator<Candidate> {
  const initial = initialValues(threads)
  for (const runs of combinations(runsOf(threads, initial, outcome))) {
    const registers: Outcome = Object.assign({}, ...runs.map(run => run.registers))
    if (Object.keys(outcome).some(register => registers[register] === undefined)) continue
    const events = runs.flatMap(run => run.events)
    const reads = events.filter(({ kind }) => kind === 'read')
    const choices = reads.flatMap(read => read.pieces.map((_, i) => sourcesOf(read, i, events, initial)))
    for (const chosen of combinations(choices)) {
      const sources = [...chosen]
      yield { events, readsFrom: new Map(reads.map(read => [read, sources.splice(0, read.pieces.length)])) }
    }
  }
}

/** The writes that a piece of a read may get its value from. A thread doesn't read around its own writes. */
function sourcesOf(
  read: Event,
  index: number,
  events: readonly Event[],
  initial: ReadonlyMap<string, number>,
): (Event | undefined)[] {
  const piece = read.pieces[index] as string
  const value = read.values[index] as number
  const writes = events.filter(({ kind, pieces }) => kind === 'write' && pieces.includes(piece))
  const own = writes.findLast(write => isBefore(write, read))
  const sources: (Event | undefined)[] = writes.filter(
    write =>
      write.values[write.pieces.indexOf(piece)] === value && (write.thread !== read.thread || write === own),
  )
  return !own && initial.get(piece) === value ? [...sources, undefined] : sources
}

export type Edge = readonly [from: Event, to: Event]

/** Whether edges form no cycle. */
export function isAcyclic(edges: readonly Edge[]): boolean {
  const successors = new Map<Event, Event[]>()
  for (const [from, to] of edges) {
    const list = successors.get(from)
    if (list) list.push(to)
    else successors.set(from, [to])
  }
  const isDone = new Map<Event, boolean>()
  const leadsToCycle = (event: Event): boolean => {
    const known = isDone.get(event)
    if (known !== undefined) return !known
    isDone.set(event, false)
    if (successors.get(event)?.some(leadsToCycle)) return true
    isDone.set(event, true)
    return false
  }
  return ![...successors.keys()].some(leadsToCycle)
}

/** All pairs of events, in both directions, that satisfy a condition. */
export const pairsOf = (events: readonly Event[], condition: (from: Event, to: Event) => boolean): Edge[] =>
  events.flatMap(from => events.filter(to => condition(from, to)).map((to): Edge => [from, to]))

/** A memory model: whether a candidate execution can happen. */
export type Model = (candidate: Candidate) => boolean

/** Whether an outcome can be observed under a model. */
export function isPossible(threads: readonly Thread[], outcome: Outcome, model: Model): boolean {
  for (const candidate of candidates(threads, outcome)) if (model(candidate)) return true
  return false
}
