// Labelled keys of several threads: who creates which children when makes no difference, and what a dead thread counted stays.
import type { Worker } from 'node:worker_threads'
import { defaultTable, onThreadExit, perThread, totals } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { RUNTIME } from '../../tools/testing/runtime.js'
import { testTermination } from '../../tools/testing/skip.js'
import { byRoute, type CountByRouteData, IS_ENOUGH, MAX_LIMITED } from '../support/definitions/by-route.js'
import { inCleanProcess, inProcess } from '../support/processes.js'
import { endAll, endedAnyhow, message, start } from '../support/workers.js'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
console.log(`SEED=${seed}`)

const WORKERS = 8
const ROUTES = 100

/** Starts workers that begin to count at the same time. */
function startCounting(way: CountByRouteData['way']) {
  const [gate, noted] = [2, WORKERS].map(length => new Int32Array(new SharedArrayBuffer(4 * length))) as [
    CountByRouteData['gate'],
    CountByRouteData['noted'],
  ]
  const workers = Array.from({ length: WORKERS }, (_, worker) =>
    start('count-by-route.js', {
      gate,
      opensAt: WORKERS,
      routes: ROUTES,
      seed,
      noted,
      worker,
      way,
    } satisfies CountByRouteData),
  )
  return { gate, noted, workers, threadIds: workers.map(({ threadId }) => threadId) }
}

/** Waits until a worker has counted some times. */
async function whenNoted(noted: CountByRouteData['noted'], worker: number, least: number): Promise<void> {
  for (let now = 0; now < least; ) {
    now = Atomics.load(noted, worker)
    await Atomics.waitAsync(noted, worker, now).value
  }
}

async function terminate(worker: Worker): Promise<void> {
  const end = endedAnyhow(worker)
  worker.terminate()
  await end
}

const keysOf = (family: string) =>
  defaultTable()
    .keys()
    .filter(key => key.family === family)

test('eight workers that create the same children at the same time agree on all of them', async () => {
  const { workers } = startCounting('once')
  await Promise.all(workers.map(worker => message(worker)))
  const { all, limited } = totals(byRoute)
  const expected = Array.from({ length: ROUTES }, (_, route) => [`${route}`, WORKERS])
  const listed = [...all].map(({ labels, value }) => [labels.route, value] as const)
  assert.equal(
    listed.toSorted(([a], [b]) => Number(a) - Number(b)),
    expected,
  )
  assert.is(all.sum, WORKERS * ROUTES)
  for (const { threadName, all } of perThread(byRoute)) {
    assert.match(threadName ?? '', /^counter \d$/)
    assert.equal([all?.length, all?.sum], [ROUTES, ROUTES])
  }
  const keys = keysOf('by route.all')
  assert.is(keys.length, 1 + ROUTES)
  assert.is(new Set(keys.map(({ name }) => name)).size, 1 + ROUTES)
  // A route has a child from its first count on, or never.
  assert.is(keysOf('by route.limited').length, 1 + MAX_LIMITED)
  assert.is(limited.length, 1 + MAX_LIMITED)
  for (const { labels, value } of limited)
    assert.is(value, labels.route === 'other' ? WORKERS * (ROUTES - MAX_LIMITED) : WORKERS, labels.route)
  await endAll()
  assert.equal([...totals(byRoute, 'retired').all], [...all])
  assert.equal([...totals(byRoute).limited], [...limited])
})

testTermination('nothing is lost of workers that are terminated while they count by labels', async () => {
  const before = totals(byRoute)
  const exits = new Map<number, readonly (number | undefined)[]>()
  const stop = onThreadExit(byRoute, ({ threadId, values: { all, limited } }) => {
    exits.set(threadId, [all?.sum, limited?.sum])
  })
  const { gate, noted, workers, threadIds } = startCounting('endlessly')
  const [killed, others] = [workers.slice(0, 4), workers.slice(4)]
  // Each at another moment of its first round, in which it creates children, or later.
  await Promise.all(
    killed.map(async (worker, i) => {
      await whenNoted(noted, i, 1 + 40 * i)
      await terminate(worker)
    }),
  )
  const done = others.map(worker => message(worker))
  Atomics.store(gate, IS_ENOUGH, 1)
  await Promise.all(done)
  const live = totals(byRoute, 'live')
  const counts = [...noted]
  assert.equal([live.all.sum, live.limited.sum], Array(2).fill(counts.slice(4).reduce((a, b) => a + b)))
  await endAll()
  assert.is(exits.size, WORKERS)
  const sums = threadIds.map(threadId => exits.get(threadId) ?? [])
  sums.forEach(([all = 0, limited = 0], i) => {
    const noted = counts[i] as number
    // A terminated worker may have counted once more than it could note.
    const latest = i < 4 ? noted + 1 : noted
    assert.ok(noted <= limited && limited <= all && all <= latest, `${all} and ${limited}, ${noted} noted`)
  })
  const grown = (name: 'all' | 'limited') => Number(totals(byRoute)[name].sum) - Number(before[name].sum)
  assert.is(
    grown('all'),
    sums.reduce((sum, [all = 0]) => sum + all, 0),
  )
  assert.is(
    grown('limited'),
    sums.reduce((sum, [, limited = 0]) => sum + limited, 0),
  )
  assert.is(totals(byRoute).all.length, ROUTES)
  assert.is(totals(byRoute).limited.length, 1 + MAX_LIMITED)
  stop()
})

// A report of the field: requests by method, route and status, whose routes nobody knows in advance.

test('500 routes, one of 200 characters, have a child each in a default table', async () => {
  const seen = await inCleanProcess(async () => {
    const { threadLocal, totals } = await import('threadslots')
    const { labelled } = await import('threadslots/labels')
    const local = threadLocal('server', { requests: labelled('count', ['method', 'route', 'status']) })
    const routes = Array.from({ length: 500 }, (_, i) => (i === 7 ? '/'.padEnd(200, 'x') : `/users/${i}`))
    for (let round = 0; round < 3; round++)
      for (const route of routes) local.requests.with({ method: 'GET', route, status: 200 }).add(1)
    const { requests } = totals(local)
    const longest = requests.get({ method: 'GET', route: '/'.padEnd(200, 'x'), status: 200 })
    return [
      requests.length,
      requests.sum,
      longest,
      requests.get({ method: 'other', route: 'other', status: 'other' }) ?? 'none',
    ]
  })
  assert.equal(seen, [500, 1500, 3, 'none'])
})

for (const [where, options] of Object.entries({
  'a default table': undefined,
  'a small table': { maxThreads: 2, rowBytes: 1024, maxKeys: 64 },
})) {
  test(`more combinations than have room count as one \`other\` in ${where}, with one warning`, async () => {
    process.env.TABLE_OPTIONS = JSON.stringify(options) ?? ''
    const { problem, result, stderr } = await inProcess(async () => {
      const { SlotTable, setDefaultTable, threadLocal, totals } = await import('threadslots')
      const { labelled } = await import('threadslots/labels')
      const options = process.env.TABLE_OPTIONS
      if (options) setDefaultTable(SlotTable.create(JSON.parse(options)))
      const local = threadLocal('server', { requests: labelled('count', ['method', 'route', 'status']) })
      const routes = Array.from({ length: 500 }, (_, i) => (i === 7 ? '/'.padEnd(200, 'x') : `/users/${i}`))
      for (const route of routes)
        for (const method of ['GET', 'POST'])
          for (const status of [200, 500]) local.requests.with({ method, route, status }).add(1)
      const { requests } = totals(local)
      const others = [...requests].filter(({ labels }) => labels.route === 'other')
      return { size: requests.length, sum: requests.sum, others }
    })
    assert.is(problem, undefined)
    // Labels leave an eighth of the table's keys to others: Bun's default table has 1,024.
    const size = options ? 56 : RUNTIME === 'bun' ? 896 : 1001
    const labels = { method: 'other', route: 'other', status: 'other' }
    assert.equal(result, { size, sum: 2000, others: [{ labels, value: 2000 - (size - 1) }] })
    assert.is(stderr.match(/THREADSLOTS_/g)?.length, 1, stderr)
    assert.match(stderr, /THREADSLOTS_LABELS.*'server\.requests' counts \{"method":/)
  })
}

test.after.each(endAll)
test.run()
