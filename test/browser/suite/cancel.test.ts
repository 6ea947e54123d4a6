// The page cancels workers that never return to their event loops.
import { defaultTable } from 'threadslots/browser'
import { cancellable, isCancelled } from 'threadslots/cancel'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { answerOf, endAll, KINDS, startScript } from './start-worker.js'
import type { SpinTask } from './workers/spin-until-cancelled.js'

for (const kind of KINDS) {
  test(`a ${kind} worker that spins ends when its run is cancelled, and another one does not`, async () => {
    const controller = new AbortController()
    const runs = [cancellable(controller.signal), cancellable()]
    const { buffer } = defaultTable()
    const workers = runs.map(() => startScript('spin-until-cancelled', kind))
    for (const [i, worker] of workers.entries()) {
      const answer = answerOf<string>(worker)
      worker.postMessage({ buffer, ticket: runs[i]?.ticket as number } satisfies SpinTask)
      assert.is(await answer, 'spinning')
    }
    const ends: number[] = []
    const whenOver = workers.map(async (worker, i) => {
      assert.is(await answerOf<string>(worker), 'cancelled')
      ends.push(i)
    })
    controller.abort()
    await whenOver[0]
    assert.equal([ends, runs.map(({ ticket }) => isCancelled(ticket))], [[0], [true, false]])
    runs[1]?.cancel()
    await Promise.all(whenOver)
    assert.equal(ends, [0, 1])
    for (const run of runs) run.cancel()
  })
}

test.after.each(endAll)
test.run()
