// The ways in which threads of a chaos run end, and what each is told.

/** How often each way is chosen, relative to the others. To fill a heap takes as long as many other deaths. */
const WEIGHTS = {
  'terminated while counting': 6,
  'terminated at the start': 4,
  'terminated making keys': 6,
  'terminated with workers below': 4,
  'ended inside of a key’s making': 4,
  threw: 3,
  exited: 3,
  returned: 2,
  'ran out of memory': 1,
}

export type Death = keyof typeof WEIGHTS

export const DEATHS: readonly Death[] = Object.keys(WEIGHTS) as Death[]

/** One of these ways; `random` gives numbers from 0 to 1. */
export function chooseDeath(deaths: readonly Death[], random: () => number): Death {
  let left = random() * deaths.reduce((sum, death) => sum + WEIGHTS[death], 0)
  for (const death of deaths) {
    left -= WEIGHTS[death]
    if (left < 0) return death
  }
  return deaths[0] as Death
}

/** The thread is stopped wherever it is: it may have done one step that it has not acknowledged. */
export const isTerminated = (death: Death): boolean => death.startsWith('terminated')

export const makesKeys = (death: Death): boolean => death.includes('key')

/** Workers would keep a thread that returns from ending. */
export const mayHaveWorkers = (death: Death): boolean =>
  ['threw', 'exited', 'ran out of memory'].includes(death)

// What a thread acknowledges, in words of its own: its id + 1 once it has begun; then steps and keys, each after it
// was counted.
export const THREAD = 0
export const STEPS = 1
export const KEY_STEPS = 2

export interface Orders {
  readonly death: Death
  /** Where this thread acknowledges, then where its worker does, and its worker's worker. */
  readonly places: readonly Int32Array[]
  /** So many steps are done before a thread ends by itself. */
  readonly steps: number
  /** A table to make keys in, if it does. */
  readonly epoch: EpochOrders | undefined
}

export interface EpochOrders {
  readonly buffer: SharedArrayBuffer
  /** One word: the number of the next key that several threads make. */
  readonly cursor: Int32Array
  /** No other thread makes keys of this name. */
  readonly own: string
  /** So many keys are made before a thread ends inside of the next one. */
  readonly keys: number
  /** After which of the protocol's compare-and-swaps it ends then: 1 takes the record, 2 publishes. */
  readonly swaps: number
}

export const makePlace = (): Int32Array => new Int32Array(new SharedArrayBuffer(12))

// Words that the reader shares with the thread that started it.
export const STOP = 0
export const READINGS = 1
export const FALLS = 2
export const makeCells = (): Int32Array => new Int32Array(new SharedArrayBuffer(12))
