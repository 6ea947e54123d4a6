/*
 * What all pools compute: a chain of multiplications, as long as the input says. The input is one number, because SlotPool
 * takes nothing else.
 */

/** The number of different starting values. */
export const SEEDS = 16

export const inputOf = (steps: number, seed: number): number => steps * SEEDS + seed

const loopArguments: [x: number, steps: number] = [0, 0]

/**
 * The loop is called so that no engine inlines it into a pool's own loops, where Node 24 would compile it less well. It isn't called
 * at all for an empty task: a loop that is compiled before it has run once is slow too.
 */
export function compute(input: number): number {
  const seed = input % SEEDS
  if (input === seed) return seed
  loopArguments[0] = seed
  loopArguments[1] = (input - seed) / SEEDS
  return Reflect.apply(multiply, undefined, loopArguments)
}

/** Without `+`, which V8 may do with integers or doubles, depending on what it has seen before. */
function multiply(x: number, steps: number): number {
  for (let step = 0; step < steps; step++) x = Math.imul(x, 1_664_525) ^ 1_013_904_223
  return x
}
