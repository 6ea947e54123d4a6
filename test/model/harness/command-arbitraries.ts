// Generates commands, and says how often each kind comes.
import fc from 'fast-check'
import type { Fold, SlotType } from 'threadslots'
import { isBigintType } from '../../support/slot-types.js'
import type { Amount, Command, Entry } from './command.js'
import type { PlainSpec } from './model.js'
import { LANES } from './perform.js'
import { assign, byteAddress, element, handle } from './slot-commands.js'
import { attach, key, locals, readAll, release, name as rename, reopen } from './thread-commands.js'

/** The usual definition of each name. As in a program, threads mostly agree; other definitions conflict with these. */
const USUAL_SPECS: { readonly [name: string]: PlainSpec } = {
  n: 'u32',
  done: { type: 'count', unit: 'jobs', help: 'Jobs that were done.' },
  base: { type: 'i32', init: 10 },
  low: { type: 'f64', fold: 'min' },
  peaks: { type: 'f32', fold: 'max', length: 2 },
  sums: { type: 'i64', length: 3, init: 7n },
  mark: { type: 'u64', fold: 'max' },
  tag: { type: 'u8', length: 5, init: 1 },
  depth: { type: 'i32', fold: 'none', init: -1 },
  'größe €': 'f64',
  least: { type: 'i64', fold: 'min' },
  ['__proto__']: { type: 'f32' },
  total: 'u64',
  file: { type: 'text', length: 6 },
  busy: { type: 'i32', retire: false },
  heaps: { type: 'f64', length: 2, retire: false, unit: 'bytes' },
  fastest: { type: 'count', fold: 'min', retire: false },
}

const oneOf = <T>(list: Iterable<T>) => fc.constantFrom(...list)

const lane = oneOf(LANES)
const names = Object.keys(USUAL_SPECS)
/** Half of the time one of these eight names, so that most commands concern keys that exist. */
const name = fc.oneof(oneOf([...names.slice(0, 6), 'file', 'busy']), oneOf(names))

const anySpec = fc
  .record({
    type: oneOf<SlotType>(['i32', 'u32', 'f32', 'f64', 'i64', 'u64', 'u8', 'count', 'text']),
    fold: oneOf<Fold | undefined>([undefined, 'sum', 'min', 'max', 'none']),
    length: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    init: oneOf([undefined, 0, 1, 200]),
    retire: oneOf([undefined, true, false]),
    unit: oneOf([undefined, 'jobs', 'bytes']),
    help: oneOf([undefined, 'Another text.']),
  })
  .map(({ type, fold, length, init, retire, ...details }) => {
    const needsLength = type === 'u8' || type === 'text'
    return {
      type,
      ...details,
      ...(fold && { fold: needsLength ? 'none' : fold }),
      ...((length || needsLength) && type !== 'count' && { length: length ?? 3 }),
      ...(init !== undefined && type !== 'text' && { init: isBigintType(type) ? BigInt(init) : init }),
      ...(retire !== undefined && !needsLength && { retire }),
    } as PlainSpec
  })

const entry: fc.Arbitrary<Entry> = name.chain(name =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constant([name, USUAL_SPECS[name] as PlainSpec] as const) },
    { weight: 1, arbitrary: anySpec.map(spec => [name, spec] as const) },
  ),
)

const TEXTS = ['', 'a', 'ab', 'größe', '123456', '1234567']

/** Sums of these are exact in doubles, in any order of additions. */
const amount = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .integer({ min: -20, max: 20 })
      .map((n): Amount => [n, BigInt(n), TEXTS[n + 20] ?? `text ${n}`]),
  },
  {
    weight: 1,
    arbitrary: oneOf<Amount>([
      [0.25, 2n ** 40n, 'é'],
      [-1.5, -(2n ** 40n), 'a longer text'],
      [2 ** 31 - 1, 2n ** 63n - 1n, '€€€'],
      [-(2 ** 31), -(2n ** 63n), '\ud800'],
      [2 ** 32 - 1, 2n ** 64n - 1n, '😀😀'],
      [2 ** 32 + 5, 2n ** 64n + 5n, '\ufeffx'],
      [Number.NaN, 0n, '\0'],
      [Infinity, 2n ** 63n, 'x\udc00'],
      [-Infinity, -1n, ''],
    ]),
  },
)

/** Most operations are completed. Of the others, some crash at one of their first points, and some anywhere. */
const crashPoints = (none: number, early: number, late: number) =>
  fc.oneof(
    { weight: none, arbitrary: fc.constant(undefined) },
    { weight: early, arbitrary: fc.nat(8) },
    { weight: late, arbitrary: fc.nat(70) },
  )
const crashPoint = crashPoints(12, 2, 1)
// Crashes while a row is claimed or released are the most dangerous ones, so they come more often.
const rowCrashPoint = crashPoints(4, 2, 2)

const weighted: readonly (readonly [weight: number, fc.Arbitrary<Command>])[] = [
  [8, fc.tuple(lane, rowCrashPoint).map(args => attach(...args))],
  [1, lane.map(reopen)],
  [1, oneOf(['', 'decoder', 'größe €', `${'x'.repeat(119)}é`]).map(rename)],
  [6, fc.tuple(lane, lane, rowCrashPoint).map(args => release(...args))],
  [1, lane.map(readAll)],
  [4, fc.tuple(lane, entry, crashPoint).map(args => key(...args))],
  [
    4,
    fc
      .tuple(
        lane,
        fc.uniqueArray(entry, { minLength: 1, maxLength: 4, selector: ([name]) => name }),
        crashPoint,
      )
      .map(args => locals(...args)),
  ],
  [1, fc.tuple(lane, name, crashPoint).map(args => byteAddress(...args))],
  [12, fc.tuple(lane, name, fc.boolean(), amount).map(args => assign(...args))],
  [
    10,
    fc
      .tuple(lane, name, oneOf(['set', 'add', 'min', 'max', 'reset'] as const), amount, crashPoint)
      .map(args => handle(...args)),
  ],
  [
    8,
    fc
      .tuple(lane, name, oneOf(['accessor', 'handle', 'view'] as const), fc.nat(4), amount)
      .map(args => element(...args)),
  ],
]

export const command: fc.Arbitrary<Command> = fc.oneof(
  ...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })),
)
