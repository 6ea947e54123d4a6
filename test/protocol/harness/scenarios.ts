/*
 * The operations that are stepped through, each from a state in which it has something interesting to do.
 */
import { fieldReader } from '../../../src/local/field-reader.js'
import { perThread, totals } from '../../../src/local/readings.js'
import { sampler } from '../../../src/local/sampler.js'
import { valuesOf } from '../../../src/local/values-of.js'
import type { LabelledReading, Labels } from '../../../src/memory/labels.js'
import type { Key } from '../../../src/protocol/keys.js'
import type { SlotTable } from '../../../src/table/slot-table.js'
import {
  attach,
  attachAndUse,
  BASE_INIT,
  BEFORE_CARRY,
  childNameOf,
  countByLabel,
  defineLabelled,
  FAMILY,
  FRESH_SPEC,
  localsOf,
  makeChild,
  makeKey,
  openAs,
  release,
  rename,
  scalarSlot,
  set,
  textSlot,
  useAllKeys,
  vectorSlot,
} from './actions.js'
import { local1 } from './initial-state.js'
import { labelOperations, type Operations } from './interference.js'
import { assertSame } from './invariants.js'
import { ReadWindow } from './read-window.js'
import { current } from './state.js'
import { crash, makeSteppable } from './stepping.js'

/** The thread whose operation is stepped through. */
export const ACTOR = 7
/** The thread that attaches after the actor's death. It has its own id, as every thread does. */
export const SUCCESSOR = 107

/** What a thread does. */
export interface Program {
  /** Is stepped through. */
  run(): void
  /** Runs afterwards, as a whole. */
  after?(): void
}

export interface Scenario {
  /** Brings the table from the initial state to the one in which the scenario begins. */
  readonly prepare?: () => void
  /** Creates the actor's program. What this does to the table comes before the first step. */
  readonly start: (actor: SlotTable, threadId: number) => Program
  /** What another thread does just before the actor tries to publish a key. */
  readonly race?: () => void
  /** What else other threads do at its steps. Where two operations are tried at a step, they are any two of these. */
  readonly others?: Operations
  /** What the supervisor has to do after a crash, in addition to releasing the actor. */
  readonly repair?: () => void
  /** What the next thread does after the actor has crashed. Default: the same. */
  readonly next?: Scenario
}

const attaching: Scenario = {
  start: (actor, threadId) => ({
    run: () => attach(actor, threadId),
    after: () => useAllKeys(actor, threadId, threadId),
  }),
}
const making: Scenario = { start: actor => ({ run: () => makeKey(actor, 'fresh', FRESH_SPEC) }) }

/** A scenario whose actor has attached and uses keys for the first time. */
const using = (start: (actor: SlotTable, key: (name: string) => Key, id: number) => Program): Scenario => ({
  start(actor, threadId) {
    attach(actor, threadId)
    const keys = actor.keys()
    return start(actor, name => keys.find(key => key.name === name) as Key, threadId)
  },
  next: attaching,
})

/** A scenario whose actor counts in a child of a labelled key. There is another child, and room for one more. */
const countingByLabel: Scenario = {
  prepare: () => makeChild(openAs(8), 'PUT'),
  start(actor, threadId) {
    attach(actor, threadId)
    return { run: () => countByLabel(actor, threadId, 'GET') }
  },
  others: labelOperations,
}

/** A scenario whose actor reads, and compares what it has read with what was acknowledged. */
const reading = (start: (actor: SlotTable) => () => void): Scenario => ({
  start: actor => ({ run: start(actor) }),
})

export const scenarios: { readonly [name: string]: Scenario } = {
  'attach to a row that no thread has owned': { ...attaching, prepare: () => attachAndUse(8, 8) },
  "attach to a dead thread's row": attaching,
  'attach after asking for keys': {
    start(actor, threadId) {
      const key = actor.keys().find(({ name }) => name === 'w.base') as Key
      actor.key('w.base', { type: 'i32', init: BASE_INIT })
      return {
        run: () => set(threadId, 'w.base', BASE_INIT, () => attach(actor, threadId)),
        after: () => set(threadId, 'w.base', 11, () => scalarSlot(actor, key).add(1)),
      }
    },
    next: attaching,
  },
  'make a key': making,
  'find an existing key': { ...making, prepare: () => makeKey(openAs(8), 'fresh', FRESH_SPEC) },
  'make a key while another thread makes another': {
    ...making,
    race: () => makeKey(openAs(8), 'racer', 'f64'),
  },
  'make a key while another thread makes the same one': {
    ...making,
    race: () => makeKey(openAs(8), 'fresh', FRESH_SPEC),
  },
  'count by a label that is new': countingByLabel,
  'count by a label that another thread has used': {
    ...countingByLabel,
    prepare: () => ['PUT', 'GET'].map(method => makeChild(openAs(8), method)),
  },
  'count by a label while another thread makes the same child': {
    ...countingByLabel,
    race: () => makeChild(openAs(8), 'GET'),
  },
  'count by a label while another thread makes the last child': {
    ...countingByLabel,
    race: () => makeChild(openAs(8), 'HEAD'),
  },
  'define a labelled key, and count by a label': { start: countingByLabel.start, others: labelOperations },
  'use a scalar for the first time': using((actor, key, id) => ({
    run() {
      set(id, 'w.base', BASE_INIT, () => scalarSlot(actor, key('w.base')))
      set(id, 'w.base', BASE_INIT + 4, () => scalarSlot(actor, key('w.base')).add(4))
      set(id, 'w.low', Infinity, () => actor.attach().byteAddress(key('w.low')))
      set(id, 'w.n', 0, () => actor.key('w.n', 'u32'))
      set(id, 'w.n', 5, () => scalarSlot(actor, key('w.n')).add(5))
      // By now, the key is in use.
      actor.key('w.n', 'u32')
    },
  })),
  'use a vector for the first time': using((actor, key, id) => ({
    run() {
      set(id, 'w.v', [3n, 3n], () => vectorSlot(actor, key('w.v')))
      set(id, 'w.v', [3n, 9n], () => {
        vectorSlot(actor, key('w.v')).value[1] = 9n
      })
    },
  })),
  'use named slots for the first time': using((actor, _, id) => ({
    run: () => useAllKeys(actor, id, 7),
    after: () => assertSame(localsOf(actor).n, 7, 'n as its owner sees it'),
  })),
  'release a family whose youngest member died while making a key': {
    prepare() {
      const maker = makeSteppable(() => openAs(6, 5))
      const hasCrashed = crash(
        () => maker.key('never', FRESH_SPEC),
        (_, { publishesKey = false }) => publishesKey,
      )
      if (!hasCrashed) throw new Error('the thread never tried to publish a key')
    },
    start: actor => ({ run: () => release(4, actor) }),
    repair: () => release(4),
  },
  'fold a key of each kind': reading(actor => {
    const keys = actor.keys().filter(({ name }) => ['w.low', 'w.v', 'w.c', 'w.busy'].includes(name))
    return () => {
      for (const key of keys) {
        for (const scope of ['all', 'retired'] as const) {
          const window = new ReadWindow()
          window.checkFolds({ [key.name]: actor.fold(key, scope) }, keys, scope)
        }
      }
    }
  }),
  'read keys thread by thread': reading(actor => {
    const keys = actor.keys().filter(({ name }) => ['w.v', 'w.last', 'w.c', 'w.file'].includes(name))
    return () => {
      for (const key of keys) {
        const window = new ReadWindow()
        const threads = actor.perThread(key)
        window.checkThreads(
          threads.map(({ threadId, value }) => [threadId, { [key.name]: value }]),
          [key.name],
        )
      }
    }
  }),
  'take a snapshot': reading(actor => {
    const keys = actor.keys()
    return () => {
      const window = new ReadWindow()
      const { threads, retired, totals } = actor.snapshot()
      window.checkFolds(totals, keys)
      window.checkFolds(retired, keys, 'retired')
      window.checkThreads(
        threads.map(({ threadId, values }) => [threadId, values]),
        keys.map(({ name }) => name),
      )
      const live = threads.reduce((sum, { values }) => sum + Number(values['w.n'] ?? 0), 0)
      assertSame(totals['w.n'], Number(retired['w.n']) + live, 'total of a snapshot')
      const busy = threads.reduce((sum, { values }) => sum + Number(values['w.busy'] ?? 0), 0)
      assertSame(totals['w.busy'], busy, 'total of running threads in a snapshot')
    }
  }),
  'read a thread-local object across all threads': reading(actor => {
    const keys = actor.keys()
    return () => {
      const window = new ReadWindow()
      window.checkFolds(inTable(totals(local1)), keys)
      const laterWindow = new ReadWindow()
      laterWindow.checkThreads(
        perThread(local1).map(({ threadId, threadName: _, ...values }) => [threadId, inTable(values)]),
        keys.map(({ name }) => name),
      )
    }
  }),
  'read a labelled key': {
    prepare() {
      attachAndUse(8, 8)
      countByLabel(openAs(8), 8, 'PUT')
      release(8)
      countByLabel(openAs(6), 6, 'PUT')
    },
    start(actor) {
      const field = defineLabelled(actor)
      const reader = fieldReader(actor, [field])
      const read = () => {
        const names = childNames()
        const window = new ReadWindow()
        const folds = childrenOf(reader.folds('all').by)
        const unused = Object.fromEntries(names.map(name => [name, 0]))
        const keys = [...names, ...Object.keys(folds)].map(name => ({ ...field[1], name }))
        window.checkFolds({ ...unused, ...folds }, keys)
        const laterWindow = new ReadWindow()
        laterWindow.checkThreads(
          reader.threads().map(({ threadId, by }) => [threadId, childrenOf(by)]),
          names,
        )
      }
      // The second time, there may be children that are new to the reader.
      return { run: () => [0, 1].forEach(read) }
    },
    others: labelOperations,
  },
  'read other threads in place': reading(() => {
    const views = [4, 6].map(threadId => [threadId, valuesOf(local1, threadId)] as const)
    // This view has found its row before others interfere.
    assertSame(views[0]?.[1].n, 40, 'n of thread 4')
    return () => {
      for (const [threadId, view] of views) {
        for (const name of ['n', 'c', 'file', 'v'] as const) {
          const window = new ReadWindow()
          const value = view[name]
          window.checkInPlace(threadId, `w.${name}`, typeof value === 'object' ? value.slice() : value)
        }
      }
    }
  }),
  'sample a thread-local object': {
    start(actor) {
      const keys = actor.keys()
      const window = new ReadWindow()
      let sample: (() => { readonly deltas: object }) | undefined
      let made = current.history
      const sums: { [name: string]: readonly number[] } = {}
      const add = () => {
        for (const [name, delta] of Object.entries(inTable(sample?.().deltas ?? {}))) {
          // It falls when a thread ends.
          if (name === 'w.busy') continue
          const elements = `${delta}`.split(',').map(Number)
          if (elements.some(element => !(element >= 0)))
            throw new Error(`${name} fell: its delta is ${delta}`)
          sums[name] = elements.map((element, i) => element + (sums[name]?.[i] ?? 0))
        }
      }
      return {
        run() {
          sample = sampler(local1)
          made = current.history
          add()
          add()
        },
        after() {
          add()
          // Whatever was added since the sampler was made is in exactly one sample.
          const totalsAtStart = Object.entries(inTable(totals(local1))).flatMap(([name, total]) => {
            const elements = `${total}`
              .split(',')
              .map((element, i) => Number(element) - (sums[name]?.[i] ?? 0))
            return name in sums ? [[name, elements] as const] : []
          })
          window.checkFolds(Object.fromEntries(totalsAtStart), keys, 'all', made)
        },
      }
    },
  },
  'carry and borrow in a count': using((actor, key, id) => {
    const local = localsOf(actor)
    return {
      run() {
        const assign = (value: number, run: () => void) => set(id, 'w.c', value, run)
        assign(0, () => scalarSlot(actor, key('w.c')))
        for (const value of [BEFORE_CARRY - 1, BEFORE_CARRY, BEFORE_CARRY + 1, 2 ** 33 + 5, 3]) {
          assign(value, () => {
            local.c = value
          })
        }
        const slot = scalarSlot(actor, key('w.c'))
        let value = 3
        for (const amount of [BEFORE_CARRY, 2 ** 32, -(2 ** 32), -4, 1]) {
          value += amount
          assign(value, () => slot.add(amount))
        }
        assign(BEFORE_CARRY + 7, () => slot.max(BEFORE_CARRY + 7))
        assign(0, () => slot.reset())
      },
    }
  }),
  'assign a text': using((actor, key, id) => {
    const local = localsOf(actor)
    return {
      run() {
        for (const text of ['abcd', 'é', '', 'efgh']) {
          set(id, 'w.file', text, () => {
            local.file = text
          })
        }
        const slot = textSlot(actor, key('w.file'))
        set(id, 'w.file', 'ij', () => {
          slot.value = 'ij'
        })
        set(id, 'w.file', '', () => slot.reset())
      },
      after: () => assertSame(local.file, '', 'the text as its owner sees it'),
    }
  }),
  'name a thread': using((actor, key, id) => ({
    run() {
      set(id, 'w.busy', 0, () => scalarSlot(actor, key('w.busy')))
      for (const name of ['a name', 'n', 'another name']) rename(actor, id, name)
    },
  })),
}

/** The children of the labelled key that threads have acknowledged. */
const childNames = (): string[] =>
  [...current.history.expected.keys.keys()].filter(name => name.startsWith(FAMILY))

/** A reading's values by the names of the children. */
function childrenOf(reading: unknown): { readonly [name: string]: number } {
  const children = reading as LabelledReading<Labels, number>
  const values = Array.from(children, ({ labels, value }) => [childNameOf(labels), value] as const)
  const byName = Object.fromEntries(values)
  assertSame(Object.keys(byName).length, children.length, `different children among ${Object.keys(byName)}`)
  assertSame(
    children.sum,
    values.reduce((sum, [, value]) => sum + value, 0),
    'the sum of the children',
  )
  return byName
}

/** Values by the names of their keys in the table. */
function inTable(values: object): { readonly [name: string]: unknown } {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`w.${name}`, value]))
}
