// Functions whose machine code instructions.test.ts reads. Each runs until V8 has optimized it, and V8 prints the code of
// those whose names start with `sample`.
import { threadLocal } from 'threadslots'

const RUNS = 100_000

const jobs = threadLocal('jobs', { done: 'u32' })
const row = new Int32Array(new SharedArrayBuffer(64))
/** Nobody else has this word: accesses to it only keep others in order. */
const fence = new Int32Array(new SharedArrayBuffer(4))

/** The owner's hot path. */
function sampleIncrement(): void {
  jobs.done++
}

/** A reader: a plain load between two atomic loads of a version. */
function sampleRead(row: Int32Array, fence: Int32Array): number | undefined {
  const version = Atomics.load(row, 0)
  const value = row[5]
  Atomics.store(fence, 0, 0)
  Atomics.load(fence, 0)
  return Atomics.load(row, 0) === version ? value : undefined
}

for (let run = 0; run < RUNS; run++) {
  sampleIncrement()
  sampleRead(row, fence)
}
