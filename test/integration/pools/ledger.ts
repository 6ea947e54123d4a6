// What was counted, written down beside threadslots in memory that outlives every thread. No message of a pool is
// needed to know it.

export interface Ledger {
  /** For each task: how often it was counted. */
  readonly counted: Int32Array
  /** For each task: the id of the thread that counted it, + 1. Written last. */
  readonly by: Int32Array
  /** For each task: the steps that it began … */
  readonly begun: Int32Array
  /** … and those that it had counted. A thread that is stopped may be inside of one. */
  readonly done: Int32Array
}

export interface Truth {
  readonly tasks: number
  readonly numbers: number
  readonly largest: number
  readonly stepsBegun: number
  readonly stepsDone: number
}

export function makeLedger(tasks: number): Ledger {
  const words = () => new Int32Array(new SharedArrayBuffer(4 * tasks))
  return { counted: words(), by: words(), begun: words(), done: words() }
}

export function truthOf({ counted, begun, done }: Ledger): Truth {
  const sum = (words: Int32Array) => words.reduce((total, word) => total + word, 0)
  return {
    tasks: sum(counted),
    numbers: counted.reduce((total, times, number) => total + number * times, 0),
    largest: counted.findLastIndex(times => times > 0),
    stepsBegun: sum(begun),
    stepsDone: sum(done),
  }
}
