/*
 * The protocol's critical shapes: the places in src/ where the order of two threads' accesses matters, each cut down to the
 * accesses that matter. See docs/memory-model.md.
 *
 * Where the code could take either form, a shape has the weaker one: plain accesses instead of atomic ones, and loads
 * that depend on nothing. The death of a thread is an atomic flag, set as its last step: whoever is told of a death, by an event,
 * a message, a lock or `Atomics.notify`, is assumed to see everything that the dead thread did.
 */
import { BANK, COUNTED, GENERATION, RETIRED } from '../../src/memory/layout.js'
import {
  atomicLoad,
  atomicStore,
  compareExchange,
  load,
  locationOf,
  type Operation,
  type Outcome,
  orZero,
  part,
  store,
  type Thread,
  when,
} from './events.js'

export interface Shape {
  readonly name: string
  /** The outcomes that must never be observed, in words. */
  readonly never: string
  readonly forbidden: readonly Outcome[]
  /** Outcomes that every model must allow; a model that forbade everything would go unnoticed otherwise. */
  readonly possible: readonly Outcome[]
  /** What makes the forbidden outcomes impossible. Without any one of these, at least one of them appears on Arm. */
  readonly needs: readonly string[]
  /** The threads; `has` says which of the needs are met. */
  readonly threads: (has: (need: string) => boolean) => readonly Thread[]
}

/** A private word of each reader. */
const own = locationOf('own', [4], 0)
/** The reader's fence: no access before it is reordered with one after it. */
const fence = [atomicStore(own, 0), atomicLoad(own, 'ignored')]
const optional = (isThere: boolean, ...operations: Operation[]) => (isThere ? operations : [])

// A row whose dead owner has left 5 in a slot. The next owner folds that into bank 1 and commits; then the row is its own.
const DEAD = 1
const NEXT = 2
const COUNTED_FIRST = COUNTED
const COMMITTED = ((COUNTED_FIRST ^ (BANK | COUNTED)) | RETIRED) + GENERATION
const COUNTED_AGAIN = (COMMITTED | COUNTED) + GENERATION
const COMMITTED_AGAIN = (COUNTED_AGAIN ^ (BANK | COUNTED)) + GENERATION

const state = locationOf('state', [4], COUNTED_FIRST)
const slot = locationOf('slot', [4], 5)
const liveOwner = locationOf('liveOwner', [4], DEAD)
/** Its low half is the owner. */
const freeClaim = locationOf('claim', [4, 4], 0)
const heldClaim = locationOf('claim', [4, 4], DEAD)
const claimOfNext = NEXT + 2 ** 32
const death = locationOf('death', [4], 0)

/** Reads some places between two looks at the row's state. */
const readRow = (has: (need: string) => boolean, ...loads: Operation[]): Thread => [
  load(state, 'state'),
  ...optional(has(AFTER_STATE), ...fence),
  ...loads,
  ...optional(has(BEFORE_STATE), ...fence),
  load(state, 'again'),
]
const AFTER_STATE = 'the fence after the first look at the state'
const BEFORE_STATE = 'the fence before the second look at the state'

/** The row's state is the same at both looks. */
const unchanged = (value: number, rest: Outcome): Outcome => ({ state: value, again: value, ...rest })

const firstUse: Shape = (() => {
  const cleared = locationOf('slot', [4], 0)
  const present = locationOf('present', [1], 0)
  const READER = "the reader's fence between the present byte and the value"
  const OWNER = "the owner's `Atomics.or` after `init`"
  return {
    name: 'first-use',
    never: 'a present key whose slot does not even have its `init` yet',
    forbidden: [{ present: 1, value: 0 }],
    possible: [{ present: 1, value: 8 }, { present: 0 }],
    needs: [READER, OWNER],
    threads: has => [
      [
        store(cleared, 7),
        ...optional(has(OWNER), orZero(present, 'before')),
        store(cleared, 8),
        store(present, 1),
      ],
      [
        load(present, 'present'),
        ...optional(has(READER), ...fence),
        when('present', 1, load(cleared, 'value')),
      ],
    ],
  }
})()

const handover: Shape = (() => {
  const growing = locationOf('slot', [4], 4)
  const bank0 = locationOf('bank0', [8], 10)
  const bank1 = locationOf('bank1', [8], 0)
  const DEATH = 'knowing of the death'
  const COMMIT = 'the commit as an atomic store'
  return {
    name: 'handover',
    never:
      "a dead thread's value missing from both the live area and the bank, or an older value in the bank",
    forbidden: [
      unchanged(COUNTED_FIRST, { value: 0 }),
      unchanged(COMMITTED, { banked: 0 }),
      unchanged(COMMITTED, { banked: 14 }),
    ],
    possible: [unchanged(COUNTED_FIRST, { value: 5 }), unchanged(COMMITTED, { banked: 15 })],
    needs: [AFTER_STATE, BEFORE_STATE, DEATH, COMMIT],
    threads: has => {
      const prepare = [
        load(bank0, 'bank'),
        load(growing, 'live'),
        store(bank1, ['bank', 'live']),
        (has(COMMIT) ? atomicStore : store)(state, COMMITTED),
        atomicStore(growing, 0),
      ]
      return [
        [store(growing, 5), atomicStore(death, 1)],
        has(DEATH) ? [atomicLoad(death, 'told'), when('told', 1, ...prepare)] : prepare,
        readRow(has, load(growing, 'value'), load(bank1, 'banked')),
      ]
    },
  }
})()

const clear: Shape = (() => {
  const slots = locationOf('slots', [4, 4], 5)
  const first = part(slots, 0)
  const CLEAR = 'the clear of the bytes that the next owner overwrites'
  const ATOMIC = 'the clear as an atomic store'
  return {
    name: 'commit-and-clear',
    never: "zeros or the next owner's value before the commit, or the dead thread's value after the clear",
    forbidden: [
      unchanged(COUNTED_FIRST, { value: 0 }),
      unchanged(COUNTED_FIRST, { value: 9 }),
      unchanged(COUNTED_AGAIN, { value: 5 }),
    ],
    possible: [unchanged(COUNTED_FIRST, { value: 5 }), unchanged(COUNTED_AGAIN, { value: 9 })],
    needs: [AFTER_STATE, BEFORE_STATE, CLEAR, ATOMIC],
    threads: has => [
      [
        atomicStore(state, COMMITTED),
        ...optional(has(CLEAR), (has(ATOMIC) ? atomicStore : store)(slots, 0)),
        atomicStore(state, COUNTED_AGAIN),
        store(first, 9),
      ],
      readRow(has, load(first, 'value')),
    ],
  }
})()

const claimAndPrepare: Shape = {
  name: 'claim-and-prepare',
  never: "a dead thread's value as a value of the thread that has claimed its row",
  forbidden: [COUNTED_FIRST, COUNTED_AGAIN].map(value =>
    unchanged(value, { owner: NEXT, liveOwner: NEXT, value: 5 }),
  ),
  possible: [
    unchanged(COUNTED_FIRST, { owner: NEXT, liveOwner: DEAD, value: 5 }),
    unchanged(COUNTED_AGAIN, { owner: NEXT, liveOwner: NEXT, value: 0 }),
  ],
  needs: [AFTER_STATE, BEFORE_STATE],
  threads: has => [
    [
      compareExchange(freeClaim, 0, claimOfNext, 'found'),
      when(
        'found',
        0,
        atomicStore(state, COMMITTED),
        atomicStore(slot, 0),
        atomicStore(liveOwner, NEXT),
        atomicStore(state, COUNTED_AGAIN),
      ),
    ],
    readRow(has, load(part(freeClaim, 0), 'owner'), load(liveOwner, 'liveOwner'), load(slot, 'value')),
  ],
}

const reusedBank: Shape = (() => {
  const bank0 = locationOf('bank0', [8], 10)
  return {
    name: 'reused-bank',
    never: 'a bank under the state before or after the one that it belongs to',
    forbidden: [unchanged(COUNTED_FIRST, { banked: 20 }), unchanged(COMMITTED_AGAIN, { banked: 10 })],
    possible: [unchanged(COUNTED_FIRST, { banked: 10 }), unchanged(COMMITTED_AGAIN, { banked: 20 })],
    needs: [AFTER_STATE, BEFORE_STATE],
    threads: has => [
      [atomicStore(state, COMMITTED), atomicStore(state, COUNTED_AGAIN), atomicStore(death, 1)],
      [atomicLoad(death, 'told'), when('told', 1, store(bank0, 20), atomicStore(state, COMMITTED_AGAIN))],
      readRow(has, load(bank0, 'banked')),
    ],
  }
})()

const carry: Shape = (() => {
  const [before, carried, after] = [2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1]
  const torn = [0, 1, 2 ** 33 - 1]
  const count = locationOf('count', [4, 4], before)
  const [low, high] = [part(count, 0), part(count, 1)]
  const ONE_STORE = 'a single store for both words'
  return {
    name: 'carry',
    never: 'a count with only one word of a carry, or a count that falls',
    forbidden: [
      ...torn.flatMap(value => [{ first: value }, { second: value }]),
      { first: carried, second: before },
      { first: after, second: before },
      { first: after, second: carried },
    ],
    possible: [
      { first: before, second: carried },
      { first: carried, second: after },
    ],
    needs: [ONE_STORE],
    threads: has => [
      [...(has(ONE_STORE) ? [store(count, carried)] : [store(low, 0), store(high, 1)]), store(low, 1)],
      [load(count, 'first'), load(count, 'second')],
    ],
  }
})()

const text: Shape = (() => {
  const version = locationOf('version', [4], 0)
  const buffers = [0, 1].map(buffer => [0, 1].map(word => locationOf(`buffer${buffer}_${word}`, [4], 0))) as [
    [typeof version, typeof version],
    [typeof version, typeof version],
  ]
  const ATOMIC = 'the words as atomic stores'
  const VERSION = 'the second look at the version'
  return {
    name: 'text',
    never: 'words of another text than the version says',
    forbidden: [0, 1, 2].flatMap(version =>
      [0, 1, 2]
        .filter(other => other !== version)
        .flatMap(other => [
          { version, again: version, word0: other },
          { version, again: version, word1: other },
        ]),
    ),
    possible: [0, 1, 2].map(version => ({ version, again: version, word0: version, word1: version })),
    needs: [ATOMIC, VERSION],
    threads: has => {
      const assign = (text: number): Thread => [
        ...(buffers[text & 1] as (typeof buffers)[0]).map(word =>
          (has(ATOMIC) ? atomicStore : store)(word, text),
        ),
        atomicStore(version, text),
      ]
      const copy = (text: number) => {
        const [word0, word1] = buffers[text & 1] as (typeof buffers)[0]
        return when('version', text, atomicLoad(word0, 'word0'), atomicLoad(word1, 'word1'))
      }
      return [
        [...assign(1), ...assign(2)],
        [
          atomicLoad(version, 'version'),
          ...optional(!has(VERSION), load(version, 'again')),
          ...[0, 1, 2].map(copy),
          ...optional(has(VERSION), atomicLoad(version, 'again')),
        ],
      ]
    },
  }
})()

const remoteView: Shape = (() => {
  const FENCE = 'the atomic store before the look at the claim'
  const LOOK = 'the atomic load of the claim'
  return {
    name: 'remote-view',
    never: "zeros or the next owner's value as the dead thread's",
    forbidden: [
      { owner: DEAD, value: 0 },
      { owner: DEAD, value: 9 },
    ],
    possible: [
      { owner: DEAD, value: 5 },
      { owner: NEXT, value: 9 },
    ],
    needs: [FENCE, LOOK],
    threads: has => [
      [atomicStore(death, 1)],
      [atomicLoad(death, 'told'), when('told', 1, compareExchange(heldClaim, DEAD, 0, 'released'))],
      [
        compareExchange(heldClaim, 0, claimOfNext, 'found'),
        when('found', 0, atomicStore(slot, 0), store(slot, 9)),
      ],
      [
        load(slot, 'value'),
        ...optional(has(FENCE), atomicStore(own, 0)),
        (has(LOOK) ? atomicLoad : load)(part(heldClaim, 0), 'owner'),
      ],
    ],
  }
})()

const openedView: Shape = (() => {
  const LOOK = 'the atomic load of the live owner'
  return {
    name: 'opened-view',
    never: "a dead thread's value in a remote view of the thread that has claimed its row",
    forbidden: [{ claim: claimOfNext, liveOwner: NEXT, value: 5 }],
    possible: [
      { claim: claimOfNext, liveOwner: NEXT, value: 0 },
      { claim: claimOfNext, liveOwner: DEAD, value: 5 },
    ],
    needs: [LOOK],
    threads: has => [
      [
        compareExchange(freeClaim, 0, claimOfNext, 'found'),
        when('found', 0, atomicStore(slot, 0), atomicStore(liveOwner, NEXT)),
      ],
      [
        atomicLoad(freeClaim, 'claim'),
        (has(LOOK) ? atomicLoad : load)(liveOwner, 'liveOwner'),
        load(slot, 'value'),
      ],
    ],
  }
})()

const exclusiveClaim: Shape = (() => {
  const SWAP = 'the compare-and-swap'
  return {
    name: 'exclusive-claim',
    never: 'two threads that have claimed the same row',
    forbidden: [{ found0: 0, found1: 0 }],
    possible: [{ found0: 0, found1: 1 }],
    needs: [SWAP],
    threads: has =>
      [1, 2].map((id, i): Thread => {
        const found = `found${i}`
        return has(SWAP)
          ? [compareExchange(freeClaim, 0, id, found)]
          : [atomicLoad(freeClaim, found), when(found, 0, atomicStore(freeClaim, id))]
      }),
  }
})()

const lastStore: Shape = (() => {
  const DEATH = 'knowing of the death'
  return {
    name: 'last-store',
    never: "a dead thread's last value in the next owner's slot",
    forbidden: [{ value: 6 }],
    possible: [{ value: 0 }],
    needs: [DEATH],
    threads: has => {
      const attach = [atomicStore(slot, 0), load(slot, 'value')]
      return [
        [store(slot, 6), atomicStore(death, 1)],
        has(DEATH) ? [atomicLoad(death, 'told'), when('told', 1, ...attach)] : attach,
      ]
    },
  }
})()

export const shapes: readonly Shape[] = [
  firstUse,
  handover,
  clear,
  reusedBank,
  claimAndPrepare,
  exclusiveClaim,
  lastStore,
  carry,
  text,
  openedView,
  remoteView,
]
