/*
 * Armv8: Arm Architecture Reference Manual, section B2.3; as axioms in herd7's aarch64.cat, and for accesses of mixed size in
 * arm-models/mixed. The names are theirs.
 *
 * Engines compile `Atomics.load` to `ldar` (acquire) and `Atomics.store` to `stlr` (release). An update is modelled as the
 * weaker of its two forms: a loop of `ldaxr` and `stlxr` instead of one instruction such as `casal`.
 */
import { type Event, isBefore, overlaps } from './events.js'
import { type Edge, type Model, pairsOf } from './executions.js'
import { processor } from './hardware.js'

const isWrite = ({ kind }: Event) => kind === 'write'
const isAcquire = ({ kind, isAtomic }: Event) => kind === 'read' && isAtomic
const isRelease = ({ kind, isAtomic }: Event) => kind === 'write' && isAtomic

/** Local write successor: a write stays behind earlier accesses to any of its bytes. */
const lws = (from: Event, to: Event) => isBefore(from, to) && isWrite(to) && overlaps(from, to)

/** Barrier-ordered-before. */
const bob = (events: readonly Event[]): Edge[] =>
  pairsOf(
    events,
    (from, to) =>
      isBefore(from, to) &&
      (from.kind === 'barrier' ||
        to.kind === 'barrier' ||
        isAcquire(from) ||
        isRelease(to) ||
        (isRelease(from) && isAcquire(to))),
  )

/** Pairs of a read and what `select` says of it, by the event that depends on it. */
const depends = (events: readonly Event[], select: (to: Event) => readonly (Event | undefined)[]): Edge[] =>
  events.flatMap(to => select(to).flatMap((from): Edge[] => (from ? [[from, to]] : [])))

/** Local read successor: a write, and a later read of one of its bytes with no other write of this thread between them. */
const lrs = (events: readonly Event[]): Edge[] =>
  pairsOf(events, (from, to) =>
    from.pieces.some(
      piece =>
        to.kind === 'read' &&
        to.pieces.includes(piece) &&
        from ===
          events.findLast(event => isWrite(event) && isBefore(event, to) && event.pieces.includes(piece)),
    ),
  )

/** Goes along an edge of each list, one after the other. */
const compose = (first: readonly Edge[], second: readonly Edge[]): Edge[] =>
  first.flatMap(([from, middle]) =>
    second.filter(([start]) => start === middle).map(([, to]): Edge => [from, to]),
  )

/** Dependency-ordered-before. Programs have no address that depends on a load. */
function dob(events: readonly Event[]): Edge[] {
  const data = depends(events, ({ data }) => data)
  const control = depends(events.filter(isWrite), ({ control }) => control)
  return [...data, ...control, ...compose(data, lrs(events))]
}

/** Atomic-ordered-before. */
function aob(events: readonly Event[]): Edge[] {
  const rmw = depends(events, ({ updates }) => [updates])
  return [...rmw, ...compose(rmw, lrs(events)).filter(([, to]) => isAcquire(to))]
}

export const arm: Model = processor(events => [
  ...pairsOf(events, lws),
  ...dob(events),
  ...aob(events),
  ...bob(events),
])
