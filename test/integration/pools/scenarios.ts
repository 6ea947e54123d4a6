// The tests of a pool: what happens to its threads, and what must be counted all the same.
import { readFileSync } from 'node:fs'
import { defaultTable } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { report } from '../../support/report.js'
import { heldIn, rowsUsed } from '../../support/table-usage.js'
import { ended, message, start } from '../../support/workers/run.js'
import { closeAtWork, type Scene, survive, withDeaths } from './deaths.js'
import { openDesk } from './desk.js'
import { type PoolKind, WAYS } from './pool.js'
import { seeWorkers, until } from './workers-seen.js'

const THREADS = 3
const TASKS = 3000
const ROUNDS = 3
const CHURN = 24
const DEFAULTS = { maxThreads: 256, rowBytes: 8192, maxKeys: 1024 }

/** Adds the tests of a pool to those of the file, and runs them. */
export function testPool(kind: PoolKind): void {
  const listeners = process.listenerCount('worker')
  const warnings: string[] = []
  process.on('warning', warning => warnings.push(String(warning)))
  const seen = seeWorkers()
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const watcher = start('../../integration/pools/watch-totals.js', { stop })
  const desk = openDesk(seen)
  const scene: Scene = { kind, seen, desk, threads: THREADS, neverAnswered: new Set() }
  let deaths = 0

  test.before(async () => {
    assert.is(await message(watcher), 'here')
  })

  test('totals are exact', async () => {
    const pool = kind.open(THREADS)
    await desk.work(pool, TASKS)
    await desk.work(pool, TASKS / 30, 'throws')
    await desk.close(pool)
  })

  for (const way of WAYS) {
    const reason = kind.survives[way]
    if (reason !== undefined) {
      test(`a thread that ${way} lives on: ${reason}`, async () => {
        deaths += await survive(scene, way)
      })
      continue
    }
    test(`nothing is lost with a thread that ${way}`, async () => {
      deaths += way === 'has its pool closed' ? await closeAtWork(scene) : await withDeaths(scene, way)
    })
  }

  if (kind.openElastic) {
    const { openElastic } = kind
    test('nothing is lost when a pool grows and shrinks', async () => {
      const pool = openElastic(1, THREADS)
      for (let round = 0; round < ROUNDS; round++) {
        const started = seen.added.length
        await desk.work(pool, 60, 'pauses')
        assert.ok(seen.added.length > started, 'it grew')
        await until(() => seen.running.size === 2, 'the pool has shrunk to one thread')
      }
      await desk.close(pool)
    })
  }

  test('nothing is lost with a new thread for each task', async () => {
    const started = seen.added.length
    const pool = kind.openIsolating?.(THREADS)
    for (let task = 0; task < CHURN; task += THREADS) {
      const own = pool ?? kind.open(THREADS)
      await desk.work(own, THREADS, 'pauses')
      if (!pool) await desk.close(own)
    }
    if (pool) await desk.close(pool)
    assert.ok(seen.added.length - started >= CHURN, `${seen.added.length - started} threads`)
  })

  test('rows are used again; no total went down; no listener is left, and nobody warned', async () => {
    const table = defaultTable()
    const used = rowsUsed(table)
    assert.equal(heldIn(table, DEFAULTS), { rows: 2, records: 0 })
    assert.ok(used <= 1 + seen.most(), `${used} rows for ${seen.most()} workers at once, and this thread`)
    const over = ended(watcher)
    Atomics.store(stop, 0, 1)
    const { readings, problems } = await message<{ readings: number; problems: string[] }>(watcher)
    await over
    assert.equal(problems, [])
    assert.ok(readings > 1000, `${readings} readings`)
    assert.equal(heldIn(table, DEFAULTS), { rows: 1, records: 0 })

    assert.equal(new Set(seen.added), new Set([1]))
    assert.is(seen.left(), 0)
    assert.is(process.listenerCount('worker'), listeners + 2)
    assert.equal(warnings, [])
    const { name, lacks, survives } = kind
    report({
      cells: {
        pool: `${name} ${versionOf(name)}`,
        tasks: desk.tasks(),
        threads: seen.ended() - 1,
        deaths,
        lost: desk.lost(),
        'rows used': used,
        readings,
      },
      notes: [
        ...Object.entries(survives).map(([way, reason]) => `a thread that ${way} lives on: ${reason}`),
        ...[...scene.neverAnswered].map(way => `never answers the task of a thread that ${way}`),
        ...lacks,
        ...(kind.openIsolating ? [] : ['has no new thread for each task, so new pools did that']),
      ],
    })
  })

  test.run()
}

const versionOf = (name: string): string =>
  JSON.parse(readFileSync(new URL(`../../../../node_modules/${name}/package.json`, import.meta.url), 'utf8'))
    .version
