// Threads that die unseen, because the thread that starts and terminates them doesn't use the package. The table has room for
// few of them at once, so their rows come free by sweeps alone, and those are made by threads that die themselves.
// SEED sets the seed of the random choices.
import { defaultTable, perThread, SlotTable, setDefaultTable, sweep, totals } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { skipOn } from '../../tools/testing/skip.js'
import { usageOf } from '../support/table-usage.js'
import { endAll, endedAnyhow, start } from '../support/workers.js'
import { defineLeafCounts, MAX_LEAVES, type StarterOrders } from './harness/leaf-orders.js'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
/** The main thread, three leaves at once, and four that are dead. */
const DIMENSIONS = { maxThreads: 8, rowBytes: 1024, maxKeys: 4 }

skipOn({ deno: 'probes tell nothing: waiters outlive their thread' })(
  'threads that are terminated at random instants, and whose deaths nobody sees, lose nothing and leave no row',
  async () => {
    console.log(`SEED=${seed}`)
    setDefaultTable(SlotTable.create(DIMENSIONS))
    const local = defineLeafCounts()
    const acknowledged = new Int32Array(new SharedArrayBuffer(4 * MAX_LEAVES))
    const problems: string[] = []
    let [deaths, sum] = [0, 0]
    const starter = start('../../chaos/harness/leaf-starter.js', {
      acknowledged,
      seed,
    } satisfies StarterOrders)
    starter.on('message', (problem: string) => {
      deaths++
      if (problem) problems.push(problem)
      const now = totals(local).counts.reduce((a, b) => a + b, 0)
      if (now < sum) problems.push(`the sum fell from ${sum} to ${now}`)
      sum = now
      // A sign of life for the one that runs this file: a busy machine may take its time.
      if (deaths % 16 === 0) console.log(`${deaths} deaths`)
    })
    const thrown = await endedAnyhow(starter)
    assert.is(thrown, undefined, String(thrown))
    assert.equal(problems, [], `seed ${seed}`)
    assert.is(deaths, MAX_LEAVES)
    assert.equal(defaultTable().lost, { threads: 0, keys: 0 })

    const seen = sweep()
    assert.ok(seen < DIMENSIONS.maxThreads, `${seen} threads`)
    assert.is(sweep(), 0)
    assert.equal(perThread(local), [])
    assert.equal(usageOf(defaultTable(), DIMENSIONS), { rows: 1, records: 0 })
    const { counts } = totals(local, 'retired')
    acknowledged.forEach((count, number) => {
      // A leaf that was terminated may have counted once more than it acknowledged.
      const extra = (counts[number] as number) - count
      assert.ok(
        extra === 0 || extra === 1,
        `leaf ${number}: ${counts[number]}, acknowledged ${count}; seed ${seed}`,
      )
    })
    assert.ok(acknowledged.filter(Boolean).length > MAX_LEAVES / 3, 'too few have counted')
  },
)

test.after.each(endAll)
test.run()
