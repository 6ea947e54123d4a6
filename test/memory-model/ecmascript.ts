/*
 * ECMAScript: ECMA-262, section "Memory Model", properties of valid executions. The names are the specification's.
 *
 * An update is one event there, so its read stands for both of its events. Barriers don't exist.
 */
import { type Event, hasEqualRange, isBefore } from './events.js'
import { type Candidate, type Edge, isAcyclic, type Model, pairsOf } from './executions.js'

/** The event that the specification knows. */
const whole = (event: Event): Event => event.updates ?? event

/** Edges, and all that follows from them by transitivity. */
class Order {
  readonly #successors: ReadonlyMap<Event, ReadonlySet<Event>>

  constructor(edges: readonly Edge[]) {
    const successors = new Map<Event, Set<Event>>()
    const reach = (from: Event, reached: Set<Event>): Set<Event> => {
      for (const [start, to] of edges) {
        if (start !== from || reached.has(to)) continue
        reached.add(to)
        reach(to, reached)
      }
      return reached
    }
    for (const [from] of edges) if (!successors.has(from)) successors.set(from, reach(from, new Set()))
    this.#successors = successors
  }

  has(from: Event, to: Event): boolean {
    return this.#successors.get(from)?.has(to) ?? false
  }
}

/** Reads-bytes-from: a piece of a read, and the write that it comes from; undefined for the initial value. */
const readsBytesFrom = ({ readsFrom }: Candidate) =>
  [...readsFrom].flatMap(([read, sources]) =>
    sources.map((source, i) => ({
      read,
      piece: read.pieces[i] as string,
      source,
      write: source && whole(source),
    })),
  )

type ByteRead = ReturnType<typeof readsBytesFrom>[number]

const synchronizes = ({ read, source }: ByteRead) =>
  source !== undefined && read.isAtomic && source.isAtomic && hasEqualRange(read, source)

/** Coherent reads: no read comes before what it reads, or after something that has replaced it. */
const isCoherent = ({ read, piece, write }: ByteRead, writes: readonly Event[], happensBefore: Order) =>
  !(write && happensBefore.has(read, write)) &&
  !writes.some(
    other =>
      other.pieces.includes(piece) &&
      whole(other) !== write &&
      (!write || happensBefore.has(write, whole(other))) &&
      happensBefore.has(whole(other), read),
  )

/** Accesses through integer arrays of up to 4 bytes are whole, and atomic ones of 8 bytes. */
const isNoTear = ({ bytes, isAtomic }: Event) => bytes <= 4 || isAtomic

/**
 * Tear free reads: a whole read takes its bytes from one write, among whole writes of the same range. The initial value
 * stands for an earlier write of the whole location. (The zeros of fresh memory count as bytes by themselves.)
 */
const isTearFree = ({ readsFrom }: Candidate) =>
  [...readsFrom].every(([read, sources]) => {
    const rivals = sources.filter(source =>
      source ? isNoTear(source) && hasEqualRange(source, read) : read.isWhole,
    )
    return !isNoTear(read) || new Set(rivals).size <= 1
  })

/** An `other` write that must come before `write` or after `read` in memory order. */
interface Exclusion {
  readonly write: Event | undefined
  readonly other: Event
  readonly read: Event
}

/** Sequentially consistent atomics: what must not come between a write and its read in memory order. */
function exclusionsOf(
  reads: readonly ByteRead[],
  writes: readonly Event[],
  happensBefore: Order,
): Exclusion[] {
  const atomicWrites = writes.filter(({ isAtomic }) => isAtomic)
  return reads.flatMap(byteRead => {
    const { read, source, write } = byteRead
    // The initial value happens before all accesses to it.
    const isOrdered = write === undefined || happensBefore.has(write, read)
    return atomicWrites
      .filter(written => {
        const other = whole(written)
        if (other === write || other === read) return false
        const isLikeRead = hasEqualRange(written, read)
        if (synchronizes(byteRead) && isLikeRead) return true
        if (!isOrdered) return false
        if (source?.isAtomic && hasEqualRange(source, written) && happensBefore.has(other, read)) return true
        return read.isAtomic && isLikeRead && (!write || happensBefore.has(write, other))
      })
      .map(written => ({ write, other: whole(written), read }))
  })
}

/** Whether there is an order of all events that contains these edges and satisfies the exclusions. */
function hasMemoryOrder(edges: readonly Edge[], exclusions: readonly Exclusion[]): boolean {
  if (!isAcyclic(edges)) return false
  const [first, ...rest] = exclusions
  if (!first) return true
  const { write, other, read } = first
  const alternatives: Edge[] = [[read, other], ...(write ? [[other, write] as const] : [])]
  return alternatives.some(edge => hasMemoryOrder([...edges, edge], rest))
}

export const ecmascript: Model = candidate => {
  const events = candidate.events.filter(({ kind, updates }) => kind !== 'barrier' && !updates)
  const writes = candidate.events.filter(({ kind }) => kind === 'write')
  const reads = readsBytesFrom(candidate)
  const synchronizesWith = reads.flatMap((byteRead): Edge[] =>
    synchronizes(byteRead) ? [[byteRead.write as Event, byteRead.read]] : [],
  )
  const edges = [...pairsOf(events, isBefore), ...synchronizesWith]
  const happensBefore = new Order(edges)
  return (
    isAcyclic(edges) &&
    reads.every(read => isCoherent(read, writes, happensBefore)) &&
    isTearFree(candidate) &&
    hasMemoryOrder(edges, exclusionsOf(reads, writes, happensBefore))
  )
}
