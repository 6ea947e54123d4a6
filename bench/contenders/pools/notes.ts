/*
 * What tasks note about themselves, in memory that outlives every thread and that no pool knows about.
 */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'

/** Both have a word for each task. */
export interface Notes {
  /** How often the task has done its work. */
  readonly runs: Int32Array
  /** The id of the thread that the task keeps busy for good; 0 for other tasks. */
  readonly stuckThreads: Int32Array
}

const KEY = 'threadslots-bench-pools'

const notesIn = (memory: SharedArrayBuffer, tasks: number): Notes => ({
  runs: new Int32Array(memory, 0, tasks),
  stuckThreads: new Int32Array(memory, 4 * tasks, tasks),
})

/** Makes notes that all workers inherit that are started from now on. */
export function makeNotes(tasks: number): Notes {
  const memory = new SharedArrayBuffer(8 * tasks)
  setEnvironmentData(KEY, memory)
  return notesIn(memory, tasks)
}

/** The notes that this worker has inherited. */
export function inheritedNotes(): Notes {
  const memory = getEnvironmentData(KEY) as SharedArrayBuffer
  return notesIn(memory, memory.byteLength / 8)
}
