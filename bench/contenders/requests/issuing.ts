/*
 * What the thread that hands a task out pays to be able to cancel it.
 */
import { type CancellableRun, cancellable, isCancelled } from 'threadslots/cancel'
import type { Contender } from '../../harness/meter.js'
import { RUN } from './names.js'

const OTHERS = 1000

/** The results are 1, if the last run counts as cancelled. */
export function issuing(): Contender[] {
  const { signal } = new AbortController()
  let others: CancellableRun[] = []
  return [
    ofRuns(RUN.withoutSignal, times => {
      let run = cancellable()
      run.cancel()
      for (let i = 1; i < times; i++) {
        run = cancellable()
        run.cancel()
      }
      return run
    }),
    {
      ...ofRuns(RUN.othersOpen, times => {
        let run = others[0] as CancellableRun
        for (let i = 0; i < times; i++) {
          run = others[i % OTHERS] as CancellableRun
          run.cancel()
          others[i % OTHERS] = cancellable()
        }
        return run
      }),
      prepare() {
        for (const run of others) run.cancel()
        others = Array.from({ length: OTHERS }, () => cancellable())
      },
    },
    ofRuns(RUN.oneSignal, times => {
      let run = cancellable(signal)
      run.cancel()
      for (let i = 1; i < times; i++) {
        run = cancellable(signal)
        run.cancel()
      }
      return run
    }),
    ofRuns(RUN.ownSignal, times => {
      let run = cancellable(new AbortController().signal)
      run.cancel()
      for (let i = 1; i < times; i++) {
        run = cancellable(new AbortController().signal)
        run.cancel()
      }
      return run
    }),
    listeners(),
    buffers(),
  ]
}

function ofRuns(name: string, issue: (times: number) => CancellableRun): Contender {
  let last: CancellableRun
  return {
    name,
    run: times => (last = issue(times)),
    result: () => Number(isCancelled(last.ticket)),
  }
}

/** What a signal costs by itself, which has no result. */
const listeners = (): Contender => ({
  name: RUN.listener,
  run(times) {
    let calls = 0
    const listener = () => void calls++
    for (let i = 0; i < times; i++) new AbortController().signal.addEventListener('abort', listener)
    return calls
  },
})

function buffers(): Contender {
  let cell: Int32Array
  return {
    name: RUN.buffer,
    // The engine counts shared memory as garbage too, and would collect it while we measure the others.
    prepare: () => globalThis.gc?.(),
    run(times) {
      for (let i = 0; i < times; i++) {
        cell = new Int32Array(new SharedArrayBuffer(4))
        Atomics.store(cell, 0, 1)
      }
      return cell
    },
    result: () => Atomics.load(cell, 0),
  }
}
