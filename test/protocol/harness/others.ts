/*
 * What other threads do while the actor stands somewhere: whole operations, one of each kind. Those that only read
 * (fold, perThread, snapshot, sampler, finding a known key) change no byte, as `check` asserts, so they have no place in
 * this list: they are in `check`, which is done before and after each of these.
 */
import { as, BASE, bury, FRESH, join, makeKey, newThreadId, scalar, set, vector, world } from './world.js'

/** Thread 1 uses two keys for the first time, and counts; if it has used them, it counts. */
function useInThread1(): void {
  const table = as(1)
  table.attach()
  const [base, v] = ['w.base', 'w.v'].map(name => table.keys().find(key => key.name === name))
  if (!base || !v) throw new Error('keys are gone')
  const own = world.history.state.values.get(1)
  const count = Number(own?.get('w.base') ?? BASE)
  const [first = 3n, second = 3n] = (own?.get('w.v') as bigint[] | undefined) ?? []
  set(1, 'w.base', count, () => scalar(table, base))
  set(1, 'w.base', count + 1, () => scalar(table, base).add(1))
  set(1, 'w.v', [first, second], () => vector(table, v))
  set(1, 'w.v', [first + 1n, second], () => {
    vector(table, v).value[0] = first + 1n
  })
}

function joinNew(): number {
  const threadId = newThreadId()
  join(threadId, 21)
  return threadId
}

export const others: { readonly [name: string]: () => void } = {
  'another thread attaches': joinNew,
  'another thread makes another key'() {
    const isFirst = !world.history.state.keys.has('another')
    makeKey(as(newThreadId()), isFirst ? 'another' : 'yet another', 'f64')
  },
  'another thread makes the same key': () => makeKey(as(newThreadId()), 'fresh', FRESH),
  'a running thread uses keys for the first time': useInThread1,
  'another thread releases a family': () => bury(4),
  'a row passes through two threads'() {
    bury(joinNew())
    joinNew()
  },
  'a family is released, and rows are taken'() {
    bury(4)
    for (let i = 0; i < 3; i++) joinNew()
  },
}
