/*
 * The operations that are stepped through, each from an interesting moment on.
 */

import { perThread, sampler, totals } from '../../../src/local/readings.js'
import type { Key } from '../../../src/protocol/keys.js'
import type { SlotTable } from '../../../src/table/slot-table.js'
import { same } from './checks.js'
import { Since } from './readings.js'
import { crash, watch } from './steps.js'
import {
  as,
  attach,
  BASE,
  bury,
  FRESH,
  join,
  local1,
  localsOf,
  makeKey,
  scalar,
  set,
  vector,
  work,
  world,
} from './world.js'

export const ACTOR = 7
/** Comes after the actor's end. No thread has an id that another one had. */
export const HEIR = 107

/** What a thread does step by step, and, whole, afterwards. */
export interface Course {
  run(): void
  after?(): void
}

export interface Scenario {
  /** Before the first step. */
  readonly prepare?: () => void
  /** The actor as it is before the first step. */
  readonly start: (actor: SlotTable, threadId: number) => Course
  /** What another thread does when the actor is about to publish a key. */
  readonly race?: () => void
  /** What the supervisor has to do after a crash, besides releasing the actor. */
  readonly repair?: () => void
  /** Who comes next where a thread has crashed: the same again where nothing is said. */
  readonly next?: Scenario
}

const attaching: Scenario = {
  start: (actor, threadId) => ({
    run: () => attach(actor, threadId),
    after: () => work(actor, threadId, threadId),
  }),
}
const making: Scenario = { start: actor => ({ run: () => makeKey(actor, 'fresh', FRESH) }) }

/** The first use of a key by a thread that has attached. */
const using = (start: (actor: SlotTable, key: (name: string) => Key, id: number) => Course): Scenario => ({
  start(actor, threadId) {
    attach(actor, threadId)
    const keys = actor.keys()
    return start(actor, name => keys.find(key => key.name === name) as Key, threadId)
  },
  next: attaching,
})

/** A scenario with only one thing to do that reads and compares. */
const reading = (start: (actor: SlotTable) => () => void): Scenario => ({
  start: actor => ({ run: start(actor) }),
})

export const scenarios: { readonly [name: string]: Scenario } = {
  'attach to a virgin row': { ...attaching, prepare: () => join(8, 8) },
  'attach to the row of the dead': attaching,
  'attach with keys that were asked for before': {
    start(actor, threadId) {
      const key = actor.keys().find(({ name }) => name === 'w.base') as Key
      actor.key('w.base', { type: 'i32', init: BASE })
      return {
        run: () => set(threadId, 'w.base', BASE, () => attach(actor, threadId)),
        after: () => set(threadId, 'w.base', 11, () => scalar(actor, key).add(1)),
      }
    },
    next: attaching,
  },
  'make a key': making,
  'find a key that is there': { ...making, prepare: () => makeKey(as(8), 'fresh', FRESH) },
  'make a key while another thread makes another': {
    ...making,
    race: () => makeKey(as(8), 'racer', 'f64'),
  },
  'make a key while another thread makes the same': {
    ...making,
    race: () => makeKey(as(8), 'fresh', FRESH),
  },
  'use a scalar for the first time': using((actor, key, id) => ({
    run() {
      set(id, 'w.base', BASE, () => scalar(actor, key('w.base')))
      set(id, 'w.base', BASE + 4, () => scalar(actor, key('w.base')).add(4))
      set(id, 'w.low', Infinity, () => actor.attach().byteAddress(key('w.low')))
      set(id, 'w.n', 0, () => actor.key('w.n', 'u32'))
      set(id, 'w.n', 5, () => scalar(actor, key('w.n')).add(5))
      // Not the first use any more.
      actor.key('w.n', 'u32')
    },
  })),
  'use a vector for the first time': using((actor, key, id) => ({
    run() {
      set(id, 'w.v', [3n, 3n], () => vector(actor, key('w.v')))
      set(id, 'w.v', [3n, 9n], () => {
        vector(actor, key('w.v')).value[1] = 9n
      })
    },
  })),
  'use named slots for the first time': using((actor, _, id) => ({
    run: () => work(actor, id, 7),
    after: () => same(localsOf(actor).n, 7, 'n as its owner sees it'),
  })),
  'release a family that died in the middle of making a key': {
    prepare() {
      const maker = watch(() => as(6, 5))
      const hasCrashed = crash(
        () => maker.key('never', FRESH),
        (_, isPublication) => isPublication,
      )
      if (!hasCrashed) throw new Error('no key was about to be published')
    },
    start: actor => ({ run: () => bury(4, actor) }),
    repair: () => bury(4),
  },
  'fold all keys': reading(actor => {
    const keys = actor.keys().filter(({ fold }) => fold !== 'none')
    return () => {
      for (const key of keys) {
        for (const scope of ['all', 'retired'] as const) {
          const since = new Since()
          since.folds({ [key.name]: actor.fold(key, scope) }, keys, scope)
        }
      }
    }
  }),
  'read keys thread by thread': reading(actor => {
    const keys = actor.keys()
    return () => {
      for (const key of keys) {
        const since = new Since()
        const threads = actor.perThread(key)
        since.threads(
          threads.map(({ threadId, value }) => [threadId, { [key.name]: value }]),
          [key.name],
        )
      }
    }
  }),
  'take a snapshot': reading(actor => {
    const keys = actor.keys()
    return () => {
      const since = new Since()
      const { threads, retired, totals } = actor.snapshot()
      since.folds(totals, keys)
      since.folds(retired, keys, 'retired')
      since.threads(
        threads.map(({ threadId, values }) => [threadId, values]),
        keys.map(({ name }) => name),
      )
      const live = threads.reduce((sum, { values }) => sum + Number(values['w.n'] ?? 0), 0)
      same(totals['w.n'], Number(retired['w.n']) + live, 'total of a snapshot')
    }
  }),
  'read an object of all threads': reading(actor => {
    const keys = actor.keys()
    return () => {
      const since = new Since()
      since.folds(inTable(totals(local1)), keys)
      const later = new Since()
      later.threads(
        perThread(local1).map(({ threadId, ...values }) => [threadId, inTable(values)]),
        keys.map(({ name }) => name),
      )
    }
  }),
  'sample an object': {
    start(actor) {
      const keys = actor.keys()
      const since = new Since()
      let sample: (() => { readonly deltas: object }) | undefined
      let made = world.history
      const sums: { [name: string]: readonly number[] } = {}
      const add = () => {
        for (const [name, delta] of Object.entries(inTable(sample?.().deltas ?? {}))) {
          const elements = `${delta}`.split(',').map(Number)
          if (elements.some(element => !(element >= 0))) throw new Error(`${name} went back by ${delta}`)
          sums[name] = elements.map((element, i) => element + (sums[name]?.[i] ?? 0))
        }
      }
      return {
        run() {
          sample = sampler(local1)
          made = world.history
          add()
          add()
        },
        after() {
          add()
          // All that was added since it was made is in a sample, once.
          const first = Object.entries(inTable(totals(local1))).flatMap(([name, total]) => {
            const elements = `${total}`
              .split(',')
              .map((element, i) => Number(element) - (sums[name]?.[i] ?? 0))
            return name in sums ? [[name, elements] as const] : []
          })
          since.folds(Object.fromEntries(first), keys, 'all', made)
        },
      }
    },
  },
}

/** Values by the names that they have in the table. */
function inTable(values: object): { readonly [name: string]: unknown } {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`w.${name}`, value]))
}
