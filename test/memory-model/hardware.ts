/*
 * What the models of processors have in common. Stores to the same byte are in one order, the coherence order. An execution
 * can happen if there are coherence orders for which
 *
 * - each thread sees each byte as if there were only that byte (internal visibility);
 * - what threads observe of each other, and what each keeps in order locally, form no cycle (external visibility);
 * - no other store comes between the read and the write of an update (atomicity).
 *
 * herd7 has an event for each byte, and joins those of one access wherever it is observed (`obs; si` in armv8-common.cat and
 * x86tso-mixed.cat). Here, an event is a whole access, which comes to the same.
 */
import { type Event, isBefore } from './events.js'
import { type Candidate, combinations, type Edge, isAcyclic, type Model, pairsOf } from './executions.js'

/** The stores to each byte in coherence order. */
type Coherence = ReadonlyMap<string, readonly Event[]>

/** The order that a processor keeps between accesses of one thread. */
export type LocalOrder = (events: readonly Event[]) => Edge[]

/** All merges of lists that keep the order in each of them. */
function* merges<T>(lists: readonly (readonly T[])[]): Generator<readonly T[]> {
  const filled = lists.filter(list => list.length > 0)
  if (filled.length === 0) yield []
  for (const [first, ...rest] of filled as [T, ...T[]][])
    for (const merged of merges(filled.map(list => (list[0] === first ? rest : list))))
      yield [first, ...merged]
}

function* coherenceOrders({ events }: Candidate): Generator<Coherence> {
  const threads = new Map<string, Map<number, Event[]>>()
  for (const event of events.filter(({ kind }) => kind === 'write')) {
    for (const piece of event.pieces) {
      const writers = threads.get(piece) ?? new Map<number, Event[]>()
      threads.set(piece, writers)
      writers.set(event.thread, [...(writers.get(event.thread) ?? []), event])
    }
  }
  const pieces = [...threads.keys()]
  const orders = [...threads.values()].map(writers => [...merges([...writers.values()])])
  for (const chosen of combinations(orders))
    yield new Map(pieces.map((piece, i) => [piece, chosen[i] as readonly Event[]]))
}

/** Reads-from, coherence and from-reads of one byte. */
function communication(piece: string, { readsFrom }: Candidate, order: readonly Event[]): Edge[] {
  const edges = order.flatMap((from, i) => order.slice(i + 1).map((to): Edge => [from, to]))
  for (const [read, sources] of readsFrom) {
    const index = read.pieces.indexOf(piece)
    if (index < 0) continue
    const source = sources[index]
    if (source) edges.push([source, read])
    for (const write of order.slice(source ? order.indexOf(source) + 1 : 0)) edges.push([read, write])
  }
  return edges
}

/** No write of another thread comes after what an update read and before what it wrote. */
const areUpdatesAtomic = (edges: readonly Edge[], events: readonly Event[]): boolean =>
  events.every(
    write =>
      !write.updates ||
      !events.some(
        other =>
          other.thread !== write.thread &&
          edges.some(([from, to]) => from === write.updates && to === other) &&
          edges.some(([from, to]) => from === other && to === write),
      ),
  )

/** The model of a processor that keeps this order locally. */
export const processor =
  (localOrder: LocalOrder): Model =>
  candidate => {
    const { events } = candidate
    const local = localOrder(events)
    for (const coherence of coherenceOrders(candidate)) {
      const perPiece = [...new Set(events.flatMap(({ pieces }) => pieces))].map(piece => {
        const observed = communication(piece, candidate, coherence.get(piece) ?? [])
        const accesses = events.filter(({ pieces }) => pieces.includes(piece))
        return { observed, internal: [...observed, ...pairsOf(accesses, isBefore)] }
      })
      const observed = perPiece.flatMap(({ observed }) => observed)
      const external = observed.filter(([from, to]) => from.thread !== to.thread)
      if (
        perPiece.every(({ internal }) => isAcyclic(internal)) &&
        areUpdatesAtomic(observed, events) &&
        isAcyclic([...external, ...local])
      )
        return true
    }
    return false
  }
