/*
 * What this project promises of its speed, beside what was measured: ratios of medians within one run, or times.
 */

import { titleOf } from '../harness/runtimes.js'
import { median } from '../harness/statistics.js'
import { type Figure, find, type Results, ratioOf } from './results.js'
import { quantity } from './tables.js'

interface Limit {
  readonly what: string
  readonly atMost?: number
  readonly atLeast?: number
  /** Left out: a ratio. */
  readonly unit?: 'ns' | 'bytes'
  /** Where it can't be reached everywhere: the reason. */
  readonly why?: string
  /** Undefined where that was not measured. */
  measured(results: Results, all: readonly Results[]): number | undefined
}

type Find = (results: Results) => Figure | undefined

const increment = (type: string, contender: string): Find => find('access', 'increment', type, contender)
const mixed = (contender: string): Find =>
  find('mixed', 'one type after all seven were used', 'x++', contender)
const place = (contender: string): Find =>
  find('mixed', 'an f64 at several places of a program', 'whole numbers', contender)
const definition = (which: string): Find =>
  find('mixed', 'definitions with the same names', 'x++', `${which} definition`)
const together = (threads: number, means: string): Find =>
  find('contention', 'increments per second, all threads together', String(threads), means)
const hashed = (contender: string): Find =>
  find('workload', 'time for one', 'record of 1 KiB hashed', contender)
const read = (keys: string, contender: string): Find =>
  find('reading', `one reading of ${keys}, by number of threads`, '128', contender)
const noted = find.bind(undefined, 'histogram', 'time for one', 'value noted')
const once = (table: string, contender: string): Find => find('lifecycle', table, 'time', contender)
const memory = (contender: string): Find => find('lifecycle', 'resident memory', 'bytes', contender)

const ratio =
  (above: Find, below: Find) =>
  (results: Results): number | undefined => {
    const [a, b] = [above(results), below(results)]
    return a && b && ratioOf(a, b)
  }

/** The median of the rounds' differences. */
const difference =
  (above: Find, below: Find) =>
  (results: Results): number | undefined => {
    const [a, b] = [above(results), below(results)]
    return a && b && median(a.rounds.map((value, i) => value - (b.rounds[i] ?? b.median)))
  }

/** To the cheaper of two forms. */
const ratioToBest =
  (above: Find, ...below: readonly Find[]) =>
  (results: Results): number | undefined => {
    const ratios = below.flatMap(find => ratio(above, find)(results) ?? [])
    return ratios.length > 0 ? Math.max(...ratios) : undefined
  }

const value =
  (find: Find) =>
  (results: Results): number | undefined =>
    find(results)?.median

/** Time for one increment of so many threads that share a cell, to one of a slot. */
function sharedAtomics(results: Results): number | undefined {
  const rate = together(2, 'Atomics.add, one cell')(results)?.median
  const own = increment('u32', 'local.x')(results)?.median
  return rate && own && (2 * 1e9) / rate / own
}

/** Of Node 26 alone, if Node 24 was measured in the same run. */
function f64HandleOn26(results: Results, all: readonly Results[]): number | undefined {
  const is = (major: string) => (r: Results) =>
    r.runtime.name === 'node' && r.runtime.version.startsWith(major)
  const other = all.find(is('24.'))
  return is('26.')(results) && other
    ? ratio(increment('f64', 'slot.add(1)'), () => increment('f64', 'slot.add(1)')(other))(results)
    : undefined
}

// What was found about lines that were missed somewhere.
const FOUR_CYCLES =
  'on Node 22 and 24 a ++ in memory takes 4 cycles, and one of a property 3.5 to 4: see src/accessors.ts'
const PLACEMENT =
  'one and the same loop takes 2 or 4 cycles on a Zen 5, by where its code is placed: see src/accessors.ts'
const NOISE = 'three updates take some 2 ns of 900, and the hashing itself differs by 3 % between processes'

const RAW_FORMS = ['view[i]', 'view[i] = view[i] + 1, coerced']
const TYPES = ['u32', 'i32', 'u64', 'i64', 'f64', 'f32']

const LIMITS: readonly Limit[] = [
  ...['u32', 'i32'].map(type => ({
    what: `local.x++, ${type} ÷ object.x++`,
    atMost: 1,
    why: FOUR_CYCLES,
    measured: ratio(increment(type, 'local.x'), increment(type, 'object.x')),
  })),
  ...['u64', 'i64'].map(type => ({
    what: `local.x += 1n, ${type} ÷ object.x++`,
    atMost: 1.3,
    measured: ratio(increment(type, 'local.x'), increment(type, 'object.x')),
  })),
  {
    what: 'local.x++, f64 ÷ Float64Array element, alone',
    atMost: 1.1,
    measured: ratio(increment('f64', 'local.x'), increment('f64', 'view[i]')),
  },
  {
    what: 'local.x++, f64 ÷ Float64Array element, all types in use',
    atMost: 2.4,
    measured: ratio(mixed('f64'), mixed('view[i], f64')),
  },
  {
    what: 'local.x++, f64 ÷ Float64Array element, at a later place',
    atMost: 2.4,
    measured: ratio(place('local.x++, third place'), place('view[i]++')),
  },
  ...['second', 'third', 'tenth'].map(which => ({
    what: `${which} definition with the same names ÷ first`,
    atMost: 1.2,
    why: PLACEMENT,
    measured: ratio(definition(which), definition('first')),
  })),
  {
    what: 'own Map, constant key ÷ local.x++, u32',
    atLeast: 6,
    why: FOUR_CYCLES,
    measured: ratio(increment('u32', 'Map, constant key'), increment('u32', 'local.x')),
  },
  {
    what: 'Map, built string key ÷ local.x++, u32',
    atLeast: 15,
    measured: ratio(increment('u32', 'Map, built string key'), increment('u32', 'local.x')),
  },
  {
    what: 'Atomics.add, nobody else writing ÷ local.x++, u32',
    atLeast: 8,
    why: FOUR_CYCLES,
    measured: ratio(increment('u32', 'Atomics.add'), increment('u32', 'local.x')),
  },
  { what: 'Atomics.add, shared by 2 threads ÷ local.x++, u32', atLeast: 20, measured: sharedAtomics },
  ...TYPES.map(type => ({
    what: `slot.add(1), ${type} ÷ best raw form`,
    atMost: 1.2,
    measured: ratioToBest(increment(type, 'slot.add(1)'), ...RAW_FORMS.map(form => increment(type, form))),
  })),
  { what: 'slot.add(1), f64, on Node 26 ÷ on Node 24', atMost: 1.2, measured: f64HandleOn26 },
  ...['u32', 'i32', 'f32', 'u64', 'i64'].map(type => ({
    what: `local.x++, ${type}, all types in use ÷ alone`,
    atMost: 1.3,
    why: PLACEMENT,
    measured: ratio(mixed(type), increment(type, 'local.x')),
  })),
  {
    what: "2 threads' slots ÷ 1 thread's, increments per second",
    atLeast: 1.9,
    measured: ratio(together(2, 'local.x++'), together(1, 'local.x++')),
  },
  {
    what: 'hashing with 3 slot updates ÷ without',
    atMost: 1.02,
    why: NOISE,
    measured: ratio(hashed('slots'), hashed('no counting')),
  },
  {
    what: 'histogram.record(value) − local.x++',
    unit: 'ns',
    atMost: 4,
    measured: difference(noted('local.time.record(value)'), noted('local.x++')),
  },
  {
    what: 'attach(), first',
    unit: 'ns',
    atMost: 20e3,
    measured: value(once('tables and threads', 'attach(), first: 16 threads join a table')),
  },
  {
    what: 'attach(), again',
    unit: 'ns',
    atMost: 200,
    measured: value(once('tables and threads', 'attach(), again')),
  },
  { what: 'key(), known', unit: 'ns', atMost: 100, measured: value(once('keys', "key(name, 'u32'), known")) },
  { what: 'key(), new', unit: 'ns', atMost: 5e3, measured: value(once('keys', "key(name, 'u32'), new")) },
  {
    what: 'fold of one key, 128 rows',
    unit: 'ns',
    atMost: 20e3,
    measured: value(read('one key', 'table.fold(key)')),
  },
  {
    what: 'snapshot, 128 rows × 64 keys',
    unit: 'ns',
    atMost: 3e6,
    measured: value(read('64 keys', 'table.snapshot()')),
  },
  {
    what: 'an empty default table, resident',
    unit: 'bytes',
    atMost: 256 * 1024,
    measured: value(memory('an empty default table')),
  },
  {
    what: 'each thread with 64 scalar keys, resident',
    unit: 'bytes',
    atMost: 16 * 1024,
    measured: value(memory('each thread with 64 keys: shared')),
  },
]

/** A table: the limit, and beside it what each runtime was measured to do. */
export function checkTable(results: readonly Results[]): string {
  const lines = LIMITS.map(limit => [
    limit.what,
    bound(limit),
    ...results.map(one => verdict(limit, one, results)),
  ])
  const table = [['figure', 'limit', ...results.map(({ runtime }) => titleOf(runtime))], ...lines]
  const widths = (table[0] as string[]).map((_, i) =>
    Math.max(...table.map(line => (line[i] as string).length)),
  )
  const text = table.map(line =>
    line
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number)))
      .join('  '),
  )
  const missed = lines.flat().filter(cell => cell.endsWith(MISSED)).length
  const reasons = LIMITS.flatMap(({ what, why }, i) =>
    why !== undefined && lines[i]?.some(cell => cell.endsWith(MISSED)) ? [`${MISSED} ${what}: ${why}`] : [],
  )
  return [
    ...text,
    missed === 0 ? 'all within their limits' : `${missed} beyond their limits (${MISSED})`,
    ...reasons,
  ].join('\n')
}

const MET = '✓'
const MISSED = '✗'

const show = (unit: Limit['unit'], value: number): string => (unit ? quantity(unit, value) : value.toFixed(2))

const bound = ({ unit, atMost, atLeast }: Limit): string =>
  atMost !== undefined ? `≤ ${show(unit, atMost)}` : `≥ ${show(unit, atLeast as number)}`

function verdict(
  { unit, atMost = Infinity, atLeast = -Infinity, measured }: Limit,
  one: Results,
  all: readonly Results[],
): string {
  const value = measured(one, all)
  if (value === undefined) return '–  '
  return `${show(unit, value)} ${value <= atMost && value >= atLeast ? MET : MISSED}`
}
