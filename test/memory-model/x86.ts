/*
 * x86-TSO: S. Owens, S. Sarkar and P. Sewell, "A Better x86 Memory Model: x86-TSO", TPHOLs 2009; as axioms in herd7's
 * x86tso-mixed.cat.
 *
 * Accesses stay in order, except that a load may overtake an earlier store, which waits in the store buffer. Engines compile
 * `Atomics.store` to `xchg`, or to `mov` and `mfence`, and updates to instructions with a lock: all of these empty the
 * buffer. `Atomics.load` is a plain `mov`.
 */
import { type Event, isBefore } from './events.js'
import { type Model, pairsOf } from './executions.js'
import { processor } from './hardware.js'

export const x86: Model = processor(events => {
  const updated = new Set(events.map(({ updates }) => updates))
  const mayOvertake = (from: Event, to: Event) =>
    from.kind === 'write' && !from.isAtomic && to.kind === 'read' && !updated.has(to)
  return pairsOf(events, (from, to) => isBefore(from, to) && !mayOvertake(from, to))
})
