/*
 * What other threads do while the actor stands at a step: whole operations, one of each kind.
 *
 * Operations that only read (`fold`, `perThread`, `snapshot`, a sampler, finding a known key) aren't listed: they change
 * no byte, and `checkInvariants`, which runs before and after each of these, performs all of them.
 */
import {
  attachAndUse,
  BASE_INIT,
  countByLabel,
  FRESH_SPEC,
  makeKey,
  newThreadId,
  openAs,
  release,
  scalarSlot,
  set,
  textSlot,
  vectorSlot,
} from './actions.js'
import { current } from './state.js'

/**
 * Thread 1 increments three keys, one of them with a carry, and assigns a text twice, so that it writes both of its buffers.
 * The first time, this is also its first use of some of them.
 */
function useInThread1(): void {
  const table = openAs(1)
  table.attach()
  const [base, v, c, file] = ['w.base', 'w.v', 'w.c', 'w.file'].map(name =>
    table.keys().find(key => key.name === name),
  )
  if (!base || !v || !c || !file) throw new Error('a key is missing')
  const own = current.history.expected.values.get(1)
  const count = Number(own?.get('w.base') ?? BASE_INIT)
  const [first = 3n, second = 3n] = (own?.get('w.v') as bigint[] | undefined) ?? []
  set(1, 'w.base', count, () => scalarSlot(table, base))
  set(1, 'w.base', count + 1, () => scalarSlot(table, base).add(1))
  set(1, 'w.v', [first, second], () => vectorSlot(table, v))
  set(1, 'w.v', [first + 1n, second], () => {
    vectorSlot(table, v).value[0] = first + 1n
  })
  const large = Number(own?.get('w.c'))
  set(1, 'w.c', large + 1, () => scalarSlot(table, c).add(1))
  const text = String(own?.get('w.file') ?? '')
  set(1, 'w.file', text, () => textSlot(table, file))
  for (const next of [`a${large % 10}`, `bc${large % 10}`]) {
    set(1, 'w.file', next, () => {
      textSlot(table, file).value = next
    })
  }
}

function attachNewThread(): number {
  const threadId = newThreadId()
  attachAndUse(threadId, 21)
  return threadId
}

function makeAnotherKey(): void {
  const isFirst = !current.history.expected.keys.has('another')
  makeKey(openAs(newThreadId()), isFirst ? 'another' : 'yet another', 'f64')
}

export type Operations = { readonly [name: string]: () => void }

/** One operation each. Where two are tried at a step, they are any two of these. */
export const singleOperations: Operations = {
  'another thread attaches': attachNewThread,
  'another thread makes another key': makeAnotherKey,
  'another thread makes the same key': () => makeKey(openAs(newThreadId()), 'fresh', FRESH_SPEC),
  'a running thread uses keys for the first time': useInThread1,
  'another thread releases a family': () => release(4),
}

export const interferences: Operations = {
  ...singleOperations,
  'a row passes through two threads'() {
    release(attachNewThread())
    attachNewThread()
  },
  'a family is released, and rows are taken'() {
    release(4)
    for (let i = 0; i < 3; i++) attachNewThread()
  },
}

/** What other threads do at the steps of a thread that uses the labelled key. */
export const labelOperations: Operations = {
  'another thread makes another key': makeAnotherKey,
  // The first time, this is also the thread's first use of the child.
  'another thread counts by the same label': () => countByLabel(openAs(1), 1, 'GET'),
  'another thread counts by another label': () => countByLabel(openAs(1), 1, 'HEAD'),
}
