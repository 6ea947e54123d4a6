// What each thread of a chaos run counts, and what its slots must hold after a number of steps.
import { type ThreadLocal, threadLocal } from 'threadslots'

/** The length of the vector `sizes`. */
const SIZES = 8

/** What `carries` grows by: every fourth step carries. */
const CARRY_STEP = 2 ** 30

/** Sums of four types, a maximum, a minimum, vectors, and two values that end with their thread. */
const SCHEMA = {
  steps: 'u32',
  halves: 'f64',
  triples: 'i64',
  most: { type: 'i32', fold: 'max' },
  least: { type: 'f64', fold: 'min' },
  sizes: { type: 'u32', length: 8 },
  pairs: { type: 'i64', length: 2 },
  carries: 'count',
  busy: { type: 'u32', retire: false },
  file: { type: 'text', length: 32 },
} as const

export type Counters = ThreadLocal<typeof SCHEMA>

export const defineCounters = (): Counters => threadLocal('chaos', SCHEMA)

/** Tenths are rounded, and so are their sums. It is only known that these never fall. */
const FRACTIONS = { tenths: 'f64', small: 'f32' } as const

export const defineFractions = (): ThreadLocal<typeof FRACTIONS> => threadLocal('chaos fractions', FRACTIONS)

/** Takes one step: a write to each slot. Steps are numbered from 1. */
export function takeStep(counters: Counters, step: number): void {
  counters.steps++
  counters.halves += 0.5
  counters.triples += 3n
  counters.most = Math.max(counters.most, step)
  counters.least = Math.min(counters.least, -step)
  ;(counters.sizes[step % SIZES] as number)++
  counters.pairs[1] = (counters.pairs[1] as bigint) + 2n
  counters.carries += CARRY_STEP
  counters.busy++
  counters.file = `${step}/${step}`
}

/** Scalars by name, and elements of vectors as `name 0`, `name 1` … */
export type Elements = { readonly [name: string]: number | bigint }

/** What a thread's slots must hold after a number of steps. */
export const valuesAfter = (steps: number): Elements => ({
  steps,
  halves: steps / 2,
  triples: 3n * BigInt(steps),
  most: steps === 0 ? -0x80000000 : steps,
  least: steps === 0 ? Number.POSITIVE_INFINITY : -steps,
  ...elementsOf({
    sizes: Array.from(
      { length: SIZES },
      (_, size) => Math.floor((steps + SIZES - size) / SIZES) - +(size === 0),
    ),
    pairs: [0n, 2n * BigInt(steps)],
  }),
  carries: CARRY_STEP * steps,
  busy: steps,
  file: steps,
})

/** The step at which a text was assigned; 0 if it is empty, and NaN if it is not what any step assigns. */
export const stepOf = (text: string): number => {
  const [step, again] = text.split('/')
  return text === '' || step === again ? Number(step) : Number.NaN
}

/** Without what ends with its thread. */
export const lasting = ({ busy: _, file: __, ...values }: Elements): Elements => values

export function elementsOf(values: { readonly [name: string]: unknown }): Elements {
  const elements: { [name: string]: number | bigint } = {}
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'number' || typeof value === 'bigint') elements[name] = value
    else if (typeof value === 'string') elements[name] = stepOf(value)
    else
      (value as Uint32Array).forEach((element, i) => {
        elements[`${name} ${i}`] = element
      })
  }
  return elements
}

/** The fold of two threads' values. */
export function fold(a: Elements, b: Elements): Elements {
  const folded: { [name: string]: number | bigint } = { ...a }
  for (const [name, value] of Object.entries(b)) {
    const other = a[name]
    if (other === undefined) folded[name] = value
    else if (name === 'most') folded[name] = other > value ? other : value
    else if (name === 'least') folded[name] = other < value ? other : value
    else folded[name] = (other as number) + (value as number)
  }
  return folded
}

/** Describes each value that went back: sums and maxima that fell, minima that rose. `busy` falls with each death. */
export const fallsBetween = (before: Elements, now: Elements): string[] =>
  Object.entries(before).flatMap(([name, value]) => {
    const next = now[name]
    if (name === 'busy') return []
    if (next !== undefined && (name === 'least' ? next <= value : next >= value)) return []
    return [`${name} went back from ${value} to ${next}`]
  })

/** Describes each value that differs. */
export const differences = (expected: Elements, found: Elements): string[] =>
  [...new Set([...Object.keys(expected), ...Object.keys(found)])].flatMap(name =>
    expected[name] === found[name] ? [] : [`${name} is ${found[name]}, expected ${expected[name]}`],
  )
