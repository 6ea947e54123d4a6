// What each thread of a chaos run counts, and what its slots hold after so many steps.
import { type ThreadLocal, threadLocal } from 'threadslots'

/** Of the vector `sizes`. */
const SIZES = 8

/** Sums of three types, both other folds, and vectors. */
const SCHEMA = {
  steps: 'u32',
  halves: 'f64',
  triples: 'i64',
  most: { type: 'i32', fold: 'max' },
  least: { type: 'f64', fold: 'min' },
  sizes: { type: 'u32', length: 8 },
  pairs: { type: 'i64', length: 2 },
} as const

export type Local = ThreadLocal<typeof SCHEMA>

export const define = (): Local => threadLocal('chaos', SCHEMA)

/** Tenths are rounded, and so are their sums: of these it is only known that they never fall. */
const FRACTIONS = { tenths: 'f64', small: 'f32' } as const

export const defineFractions = (): ThreadLocal<typeof FRACTIONS> => threadLocal('chaos fractions', FRACTIONS)

/** One step: a write to each slot. Steps are numbered from 1. */
export function take(local: Local, step: number): void {
  local.steps++
  local.halves += 0.5
  local.triples += 3n
  local.most = Math.max(local.most, step)
  local.least = Math.min(local.least, -step)
  ;(local.sizes[step % SIZES] as number)++
  local.pairs[1] = (local.pairs[1] as bigint) + 2n
}

/** Single values by name; those of vectors are called `name 0`, `name 1` … */
export type Flat = { readonly [name: string]: number | bigint }

/** A thread's slots after so many steps. */
export const after = (steps: number): Flat => ({
  steps,
  halves: steps / 2,
  triples: 3n * BigInt(steps),
  most: steps === 0 ? -0x80000000 : steps,
  least: steps === 0 ? Number.POSITIVE_INFINITY : -steps,
  ...flat({
    sizes: Array.from(
      { length: SIZES },
      (_, size) => Math.floor((steps + SIZES - size) / SIZES) - +(size === 0),
    ),
    pairs: [0n, 2n * BigInt(steps)],
  }),
})

export function flat(values: { readonly [name: string]: unknown }): Flat {
  const singles: { [name: string]: number | bigint } = {}
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'number' || typeof value === 'bigint') singles[name] = value
    else
      (value as Uint32Array).forEach((element, i) => {
        singles[`${name} ${i}`] = element
      })
  }
  return singles
}

/** Two threads' values as one. */
export function fold(a: Flat, b: Flat): Flat {
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

/** The names of values that went back: sums and maxima that fell, minima that rose. */
export const fallen = (before: Flat, now: Flat): string[] =>
  Object.entries(before).flatMap(([name, value]) => {
    const next = now[name]
    if (next !== undefined && (name === 'least' ? next <= value : next >= value)) return []
    return [`${name} went from ${value} back to ${next}`]
  })

/** The names of values that are different. */
export const differing = (expected: Flat, found: Flat): string[] =>
  [...new Set([...Object.keys(expected), ...Object.keys(found)])].flatMap(name =>
    expected[name] === found[name] ? [] : [`${name} is ${found[name]}, not ${expected[name]}`],
  )
