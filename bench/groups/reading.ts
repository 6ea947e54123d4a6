/*
 * Reading what all threads have counted: from the table, with plain loops, and by asking the threads.
 */
import { perThread, type SlotTable, sampler, type ThreadLocal, totals } from 'threadslots'
import { disturb } from '../contenders/disturbance/disturb.js'
import { METHODS } from '../contenders/disturbance/methods.js'
import { digest } from '../contenders/reading/digest.js'
import { percentileOverThreads } from '../contenders/reading/histogram.js'
import { oneValue } from '../contenders/reading/one-value.js'
import { loopOverKeys, loopOverOneKey, loopOverVector } from '../contenders/reading/plain-loops.js'
import { DEFINITION, type Keys, makeThreads, scalars, VECTOR } from '../contenders/reading/threads.js'
import type { Group, Scenario } from '../harness/group.js'
import type { Contender } from '../harness/meter.js'

/** What is read, and a plain loop that adds as many values. */
interface Subject {
  readonly title: string
  readonly keys: Keys
  readonly loop: (rows: number) => Contender
}

const ONE_KEY: Subject = { title: 'one key', keys: scalars(1), loop: loopOverOneKey }
const MANY_KEYS: Subject = {
  title: '64 keys',
  keys: scalars(64),
  loop: rows => loopOverKeys(scalars(64), rows),
}
const LONG_VECTOR: Subject = { title: 'a vector of 1,000', keys: VECTOR, loop: loopOverVector }

/** The numbers of threads to compare, and the one that the limits are about. */
const THREADS = [1, 16, 128, 1024]
const MANY_THREADS = 128

export const group: Group = {
  name: 'reading',
  question: 'What does it cost to read what all threads have counted, and how old is the answer?',
  scenarios: [
    ...[ONE_KEY, MANY_KEYS].flatMap(subject =>
      THREADS.map(
        (threads): Scenario => ({
          table: `one reading of ${subject.title}, by number of threads`,
          column: String(threads),
          measure(meter) {
            const { table, local } = makeThreads(subject.keys, { living: threads })
            const readings = [...allReadings(table, local, subject.keys), subject.loop(threads)]
            meter.race(subject === ONE_KEY ? [...readings, ...readingsOfOneKey(table)] : readings, 1)
          },
        }),
      ),
    ),
    {
      table: `one reading of ${MANY_THREADS} threads`,
      column: LONG_VECTOR.title,
      measure: meter => meter.race(totalsAndLoop(LONG_VECTOR, MANY_THREADS, 0), 1),
    },
    {
      table: `one reading of ${MANY_THREADS} threads`,
      column: 'a histogram',
      measure: meter => meter.race([percentileOverThreads(MANY_THREADS)], 1),
    },
    ...[ONE_KEY, MANY_KEYS, LONG_VECTOR].map(
      (subject): Scenario => ({
        table: `one reading of ${MANY_THREADS} threads and as many dead ones`,
        column: subject.title,
        measure: meter => meter.race(totalsAndLoop(subject, MANY_THREADS, MANY_THREADS), 1),
      }),
    ),
    {
      table: 'one value of another thread',
      column: 'time',
      measure(meter) {
        const { inPlace, fromAll } = oneValue()
        meter.race(inPlace)
        meter.race(fromAll, 1)
      },
    },
    ...METHODS.map(
      (method): Scenario => ({
        table: 'one increment, while another thread reads',
        column: 'time',
        measure: meter => disturb(meter, method),
      }),
    ),
    ...(['idle', 'busy'] as const).map(
      (state): Scenario => ({
        table: 'time to learn what running workers have counted',
        column: state,
        async measure(meter) {
          // Imported late, because the module defines its counter in the default table.
          const { measureLatency } = await import('../contenders/latency/ask-or-read.js')
          await measureLatency(meter, state)
        },
      }),
    ),
  ],
}

const repeat = (read: () => unknown) => (times: number) => {
  let last: unknown
  for (let i = 0; i < times; i++) last = read()
  return last
}

/** The totals in the order of the keys. */
const inOrder = (keys: Keys, totals: { readonly [name: string]: unknown }, prefix = '') =>
  Object.keys(keys).map(name => totals[prefix + name] as number | ArrayLike<number>)

const readTotals = (local: ThreadLocal<Keys>, keys: Keys): Contender => ({
  name: 'totals(local)',
  run: repeat(() => totals(local)),
  result: () => digest(inOrder(keys, totals(local))),
})

function totalsAndLoop({ keys, loop }: Subject, living: number, dead: number): Contender[] {
  const { local } = makeThreads(keys, { living, dead })
  return [readTotals(local, keys), loop(living + dead)]
}

/** Every way to read all of some scalar keys. */
function allReadings(table: SlotTable, local: ThreadLocal<Keys>, keys: Keys): Contender[] {
  return [
    readTotals(local, keys),
    { name: 'sample()', run: repeat(sampler(local)) },
    {
      name: 'perThread(local)',
      run: repeat(() => perThread(local)),
      result() {
        const threads = perThread(local)
        return digest(Object.keys(keys).map(name => sum(threads.map(one => Number(one[name])))))
      },
    },
    {
      name: 'table.snapshot()',
      run: repeat(() => table.snapshot()),
      result: () => digest(inOrder(keys, table.snapshot().totals, `${DEFINITION}.`)),
    },
  ]
}

function readingsOfOneKey(table: SlotTable): Contender[] {
  const [key] = table.keys()
  if (!key) throw new Error('no key')
  return [
    {
      name: 'table.fold(key)',
      run: repeat(() => table.fold(key)),
      result: () => digest([Number(table.fold(key))]),
    },
    {
      name: 'table.perThread(key)',
      run: repeat(() => table.perThread(key)),
      result: () => digest([sum(table.perThread(key).map(({ value }) => Number(value)))]),
    },
  ]
}

const sum = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
