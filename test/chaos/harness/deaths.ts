// The ways in which threads of a chaos run die.

/** How often each way is chosen, relative to the others. Running out of memory takes as long as many other deaths. */
const WEIGHTS = {
  'terminated while counting': 6,
  'terminated at the start': 4,
  'terminated while making keys': 6,
  'terminated with workers of its own': 4,
  'exited while making a key': 4,
  threw: 3,
  exited: 3,
  returned: 2,
  'ran out of memory': 1,
}

export type Death = keyof typeof WEIGHTS

export const DEATHS: readonly Death[] = Object.keys(WEIGHTS) as Death[]

/** Chooses one of these ways. `random` returns numbers from 0 to below 1. */
export function chooseDeath(deaths: readonly Death[], random: () => number): Death {
  let left = random() * deaths.reduce((sum, death) => sum + WEIGHTS[death], 0)
  for (const death of deaths) {
    left -= WEIGHTS[death]
    if (left < 0) return death
  }
  return deaths[0] as Death
}

/** A terminated thread stops anywhere, so it may have done one step that it hasn't acknowledged. */
export const isTerminated = (death: Death): boolean => death.startsWith('terminated')

export const makesKeys = (death: Death): boolean => death.includes('key')

/** Whether a thread that dies in this way may have workers. A thread that returns lives on as long as its workers do. */
export const mayHaveWorkers = (death: Death): boolean =>
  ['threw', 'exited', 'ran out of memory'].includes(death)
