// What tasks record about themselves, in memory that outlives every thread. The tests compare it with what threadslots
// counted. It needs no messages, so it is right even if a pool never answers.

/** Each array has one element per task, indexed by the task's number. */
export interface TaskRecords {
  /** How often the task was counted. */
  readonly counted: Int32Array
  /** The id of the thread that counted the task, plus 1; 0 before that. The task stores it last. */
  readonly threads: Int32Array
  /** How many steps an endless task has started. */
  readonly startedSteps: Int32Array
  /** How many steps it has counted: one less than it started, if its thread was stopped within a step. */
  readonly countedSteps: Int32Array
}

export interface ExpectedCounts {
  readonly tasks: number
  readonly numbers: number
  readonly largest: number
  /** Bounds of the number of steps. */
  readonly minSteps: number
  readonly maxSteps: number
}

export function createRecords(capacity: number): TaskRecords {
  const words = () => new Int32Array(new SharedArrayBuffer(4 * capacity))
  return { counted: words(), threads: words(), startedSteps: words(), countedSteps: words() }
}

export function expectedCounts({ counted, startedSteps, countedSteps }: TaskRecords): ExpectedCounts {
  const sum = (words: Int32Array) => words.reduce((total, word) => total + word, 0)
  return {
    tasks: sum(counted),
    numbers: counted.reduce((total, times, number) => total + number * times, 0),
    largest: counted.findLastIndex(times => times > 0),
    minSteps: sum(countedSteps),
    maxSteps: sum(startedSteps),
  }
}
