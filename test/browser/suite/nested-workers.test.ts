// Workers that start workers.
import { defaultTable, perThread } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  ENGINE,
  endAll,
  KINDS,
  type Kind,
  makeTask,
  start,
  sumsOf,
  type Thread,
  until,
} from './start-worker.js'
import { COUNT, defineJobs, type Task } from './tasks.js'

const jobs = defineJobs()
const { buffer } = defaultTable()

/** Beside busy processors, three nested workers take up to half a minute to start. */
const START_MS = 40_000
/**
 * Now and then, if the processors are busy, `new Worker()` never returns in a worker of Firefox 153. That worker doesn't end when
 * it is terminated either, so it keeps its row.
 */
const MAX_TRIES = ENGINE === 'Firefox' ? 3 : 1

/** A worker that has started another one, which has started a third. */
interface Family {
  readonly parent: Thread
  readonly grandchild: Task
  /** How many of the three have a row. */
  readonly rows: () => number
  /** What others have counted that are still running: workers that could not start another one. */
  readonly countOfOthers: () => number
}

async function startFamily(kind: Kind, end: Task['end']): Promise<Family> {
  for (let tries = 1; ; tries++) {
    const grandchild = makeTask({ buffer, first: 100, end })
    const child = makeTask({ buffer, first: 10, child: grandchild })
    const parent = start(kind, { buffer, child })
    const marks = [parent, child, grandchild].map(({ mark }) => mark)
    const ready = new Set<number>()
    parent.worker.addEventListener('message', ({ data }) => ready.add(data.mark))
    const isReady = () => ready.size === 3
    if (tries < MAX_TRIES) {
      const started = performance.now()
      await until(() => isReady() || performance.now() - started > START_MS, 'all three are ready')
    } else await until(isReady, 'all three are ready')
    if (isReady()) {
      const isOne = ({ mark = 0 }: { readonly mark?: number }) => marks.includes(mark)
      return {
        parent,
        grandchild,
        rows: () => perThread(jobs).filter(isOne).length,
        countOfOthers: () =>
          perThread(jobs).reduce((sum, thread) => (isOne(thread) ? sum : sum + (thread.n ?? 0)), 0),
      }
    }
    console.log(`a worker could not start another one (try ${tries} of ${MAX_TRIES})`)
    parent.worker.terminate()
  }
}

for (const kind of KINDS) {
  for (const end of ['stay', 'spin'] as const) {
    test(`when a ${kind} worker is terminated, the rows of its child and its grandchild become free too (they ${end})`, async () => {
      const { parent, grandchild, rows, countOfOthers } = await startFamily(kind, end)
      const before = sumsOf(jobs).retired + countOfOthers()
      assert.is(rows(), 3)
      parent.worker.terminate()
      await until(() => rows() === 0, 'all three rows are free')
      const sums = sumsOf(jobs)
      const others = countOfOthers()
      assert.equal([sums.live, sums.all], [others, sums.retired + others])
      const counted = sums.retired + others - before - 11
      const written = Atomics.load(grandchild.log, COUNT)
      assert.ok(counted === written || counted === written + 1, `${counted} kept, ${written} in its log`)
    })
  }
}

test.after.each(endAll)
test.run()
