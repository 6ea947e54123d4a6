// The models, compared with published verdicts on the classic litmus tests: what they forbid, and what they allow. For x86: S.
// Owens and others (x86.ts). For Armv8: C. Pulte and others, "Simplifying ARM Concurrency", POPL 2018. The names are those of
// J. Alglave and others, "Herding Cats", TOPLAS 2014.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { arm } from './arm.js'
import { ecmascript } from './ecmascript.js'
import {
  atomicLoad,
  atomicStore,
  barrier,
  compareExchange,
  load,
  locationOf,
  type Outcome,
  part,
  store,
  type Thread,
  when,
} from './events.js'
import { isPossible } from './executions.js'
import { x86 } from './x86.js'

const x = locationOf('x', [4], 0)
const y = locationOf('y', [4], 0)
/** 8 bytes, of which some accesses take only one half. */
const wide = locationOf('wide', [4, 4], 0)
const low = part(wide, 0)
const high = part(wide, 1)
/** 4 bytes that could be torn in the middle. */
const halves = locationOf('halves', [2, 2], 0)

/** Checks whether an outcome is possible under each of the models that are named. */
function classic(
  name: string,
  threads: readonly Thread[],
  outcome: Outcome,
  verdicts: { readonly ecmascript?: boolean; readonly x86?: boolean; readonly arm?: boolean },
): void {
  const models = { ecmascript, x86, arm }
  test(name, () => {
    for (const [model, verdict] of Object.entries(verdicts)) {
      assert.is(isPossible(threads, outcome, models[model as keyof typeof models]), verdict, model)
    }
  })
}

const everywhere = { ecmascript: true, x86: true, arm: true }
const nowhere = { ecmascript: false, x86: false, arm: false }
const notOnX86 = { ecmascript: true, x86: false, arm: true }
const onlyEcmascript = { ecmascript: true, x86: false, arm: false }

// Store buffering.
classic(
  'SB',
  [
    [store(x, 1), load(y, 'a')],
    [store(y, 1), load(x, 'b')],
  ],
  { a: 0, b: 0 },
  everywhere,
)
classic(
  'SB with barriers',
  [
    [store(x, 1), barrier, load(y, 'a')],
    [store(y, 1), barrier, load(x, 'b')],
  ],
  { a: 0, b: 0 },
  onlyEcmascript,
)
classic(
  'SB with atomics',
  [
    [atomicStore(x, 1), atomicLoad(y, 'a')],
    [atomicStore(y, 1), atomicLoad(x, 'b')],
  ],
  { a: 0, b: 0 },
  nowhere,
)
classic(
  'SB with atomic stores alone',
  [
    [atomicStore(x, 1), load(y, 'a')],
    [atomicStore(y, 1), load(x, 'b')],
  ],
  { a: 0, b: 0 },
  notOnX86,
)

// Message passing.
const message: Thread = [store(x, 1), store(y, 1)]
const released: Thread = [store(x, 1), atomicStore(y, 1)]
const lateValue = { a: 1, b: 0 }
classic('MP', [message, [load(y, 'a'), load(x, 'b')]], lateValue, notOnX86)
classic(
  'MP with barriers',
  [
    [store(x, 1), barrier, store(y, 1)],
    [load(y, 'a'), barrier, load(x, 'b')],
  ],
  lateValue,
  onlyEcmascript,
)
classic('MP with release and acquire', [released, [atomicLoad(y, 'a'), load(x, 'b')]], lateValue, nowhere)
classic('MP with release alone', [released, [load(y, 'a'), load(x, 'b')]], lateValue, notOnX86)
classic('MP with release and a branch', [released, [load(y, 'a'), when('a', 1, load(x, 'b'))]], lateValue, {
  arm: true,
})

// Load buffering.
const buffered = { a: 1, b: 1 }
classic(
  'LB',
  [
    [load(x, 'a'), store(y, 1)],
    [load(y, 'b'), store(x, 1)],
  ],
  buffered,
  {
    ecmascript: true,
    x86: false,
    arm: true,
  },
)
const inOrder: Thread = [load(y, 'b'), barrier, store(x, 1)]
classic('LB with one barrier', [[load(x, 'a'), store(y, 1)], inOrder], buffered, notOnX86)
classic(
  'LB with a barrier and a data dependency',
  [[load(x, 'a'), store(y, ['a'])], inOrder],
  buffered,
  onlyEcmascript,
)
classic(
  'LB with a barrier and a branch',
  [[load(x, 'a'), when('a', 1, store(y, 1))], inOrder],
  buffered,
  onlyEcmascript,
)
classic(
  'LB with acquire',
  [
    [atomicLoad(x, 'a'), store(y, 1)],
    [atomicLoad(y, 'b'), store(x, 1)],
  ],
  buffered,
  onlyEcmascript,
)

// Independent reads of independent writes.
const disagreement = { a: 1, b: 0, c: 1, d: 0 }
const plainReaders = [
  [load(x, 'a'), load(y, 'b')],
  [load(y, 'c'), load(x, 'd')],
]
const atomicReaders = [
  [atomicLoad(x, 'a'), atomicLoad(y, 'b')],
  [atomicLoad(y, 'c'), atomicLoad(x, 'd')],
]
classic('IRIW', [[store(x, 1)], [store(y, 1)], ...plainReaders], disagreement, notOnX86)
classic('IRIW with acquire', [[store(x, 1)], [store(y, 1)], ...atomicReaders], disagreement, onlyEcmascript)
classic(
  'IRIW with atomics',
  [[atomicStore(x, 1)], [atomicStore(y, 1)], ...atomicReaders],
  disagreement,
  nowhere,
)

// Coherence.
classic('CoRR', [[store(x, 1)], [load(x, 'a'), load(x, 'b')]], { a: 1, b: 0 }, onlyEcmascript)
classic(
  'CoWW and CoWR: a thread sees its own last store',
  [[store(x, 1), store(x, 2), load(x, 'a')]],
  { a: 1 },
  nowhere,
)
/** The final values of x and y, as another thread reads them once both threads have told it that they have ended. */
const ends = [locationOf('end0', [4], 0), locationOf('end1', [4], 0)] as const
const finalReader: Thread = [atomicLoad(ends[0], 'e'), atomicLoad(ends[1], 'f'), load(x, 'a'), load(y, 'b')]
const twoPlusTwo = (first: Thread, second: Thread): Thread[] => [
  [...first, atomicStore(ends[0], 1)],
  [...second, atomicStore(ends[1], 1)],
  finalReader,
]
const bothFirst = { e: 1, f: 1, a: 1, b: 1 }
classic('2+2W', twoPlusTwo([store(x, 1), store(y, 2)], [store(y, 1), store(x, 2)]), bothFirst, notOnX86)
classic(
  '2+2W with releases',
  twoPlusTwo([store(x, 1), atomicStore(y, 2)], [store(y, 1), atomicStore(x, 2)]),
  bothFirst,
  onlyEcmascript,
)

// Updates.
const claim = (value: number, register: string): Thread => [compareExchange(x, 0, value, register)]
classic('two compare-and-swaps of one word', [claim(1, 'a'), claim(2, 'b')], { a: 0, b: 0 }, nowhere)
classic('the second of two compare-and-swaps', [claim(1, 'a'), claim(2, 'b')], { a: 0, b: 1 }, everywhere)
classic(
  'no store comes between the two halves of an update',
  [[compareExchange(x, 0, 1, 'a')], [store(x, 2), load(x, 'b')]],
  { a: 0, b: 1 },
  onlyEcmascript,
)
// A loop of exclusives doesn't keep what precedes it before what follows it. (One instruction such as `casal` does.)
classic(
  'SB with updates of other words between',
  [
    [store(x, 1), compareExchange(wide, 0, 1, 'c'), load(y, 'a')],
    [store(y, 1), compareExchange(halves, 0, 1, 'd'), load(x, 'b')],
  ],
  { a: 0, b: 0 },
  notOnX86,
)

// Mixed sizes. S. Flur and others, "Mixed-size Concurrency", POPL 2017.
classic(
  'a store of 8 bytes, read whole',
  [[store(wide, 2 ** 32 + 1)], [load(wide, 'a')]],
  { a: 1 },
  onlyEcmascript,
)
classic(
  'a store of 4 bytes, read whole',
  [[store(halves, 2 ** 16 + 1)], [load(halves, 'a')]],
  { a: 1 },
  nowhere,
)
classic(
  'an atomic store of 8 bytes, read by an atomic load',
  [[atomicStore(wide, 2 ** 32 + 1)], [atomicLoad(wide, 'a')]],
  { a: 1 },
  nowhere,
)
classic(
  'two stores of 4 bytes, read whole',
  [[store(low, 1), store(high, 1)], [load(wide, 'a')]],
  { a: 2 ** 32 },
  {
    ecmascript: true,
    x86: false,
    arm: true,
  },
)
classic(
  'SB through the halves of one word: a wide load may combine its own store with an older half',
  [
    [store(low, 1), load(wide, 'a')],
    [store(high, 1), load(wide, 'b')],
  ],
  { a: 1, b: 2 ** 32 },
  everywhere,
)
classic(
  'MP through the halves of one word',
  [
    [store(low, 1), store(high, 1)],
    [load(high, 'a'), load(low, 'b')],
  ],
  lateValue,
  notOnX86,
)
classic(
  'MP, where the second store overwrites a part of an atomic one',
  [
    [atomicStore(x, 1), atomicStore(wide, 0), store(low, 1)],
    [atomicLoad(low, 'a'), load(x, 'b')],
  ],
  lateValue,
  onlyEcmascript,
)

test.run()
