// Workers that start workers.
import { defaultTable, perThread } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endAll, KINDS, makeTask, start, sumsOf, until } from './start-worker.js'
import { COUNT, defineJobs } from './tasks.js'

const jobs = defineJobs()
const { buffer } = defaultTable()

for (const kind of KINDS) {
  for (const end of ['stay', 'spin'] as const) {
    test(`when a ${kind} worker is terminated, the rows of its child and its grandchild become free too (they ${end})`, async () => {
      const { retired } = sumsOf(jobs)
      const grandchild = makeTask({ buffer, first: 100, end })
      const child = makeTask({ buffer, first: 10, child: grandchild })
      const parent = start(kind, { buffer, child })
      const ready = new Set<number>()
      parent.worker.addEventListener('message', ({ data }) => ready.add(data.mark))
      await until(() => ready.size === 3, 'all three are ready')
      assert.is(perThread(jobs).length, 3)
      parent.worker.terminate()
      await until(() => perThread(jobs).length === 0, 'all three rows are free')
      const sums = sumsOf(jobs)
      assert.equal([sums.live, sums.all], [0, sums.retired])
      const counted = sums.retired - retired - 11
      const written = Atomics.load(grandchild.log, COUNT)
      assert.ok(counted === written || counted === written + 1, `${counted} kept, ${written} in its log`)
    })
  }
}

test.after.each(endAll)
test.run()
