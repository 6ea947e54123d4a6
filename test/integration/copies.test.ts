// Two copies of the package in one process, as when a program and one of its dependencies each bundle their own.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { run } from '../../tools/child-process.js'

const dist = join(import.meta.dirname, '../../../dist')
const folder = join(import.meta.dirname, '../copies')
rmSync(folder, { recursive: true, force: true })
for (const copy of ['one', 'two'])
  buildSync({
    entryPoints: { [copy]: join(dist, 'index.js'), [`cancel-${copy}`]: join(dist, 'cancel.js') },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outdir: folder,
    outExtension: { '.js': '.mjs' },
  })

test('two copies in each of two threads have one table, and one row in each thread', async () => {
  writeFileSync(
    join(folder, 'main.mjs'),
    `import { isMainThread, Worker } from 'node:worker_threads'
     import { ended } from '../support/workers.js'
     import * as one from './one.mjs'
     import * as two from './two.mjs'
     const ones = one.threadLocal('shared', { n: 'u32' })
     const twos = two.threadLocal('shared', { n: 'u32' })
     ones.n++
     twos.n++
     if (isMainThread) {
       await ended(new Worker(new URL(import.meta.url)))
       const { threads, totals } = two.defaultTable().snapshot()
       console.log(JSON.stringify([one.totals(ones), two.totals(twos, 'retired'), totals, threads.length]))
     }`,
  )
  const { stdout, stderr } = await run(process.execPath, [join(folder, 'main.mjs')])
  assert.is(stderr, '')
  assert.equal(JSON.parse(stdout), [{ n: 4 }, { n: 2 }, { 'shared.n': 4 }, 1])
})

test('a reader of one copy says so when it is given another copy’s thread-local', async () => {
  writeFileSync(
    join(folder, 'other.mjs'),
    `import * as one from './one.mjs'
     import * as two from './two.mjs'
     const ones = one.threadLocal('shared', { n: 'u32' })
     try {
       two.totals(ones)
     } catch (error) {
       console.log(String(error))
     }`,
  )
  const { stdout } = await run(process.execPath, [join(folder, 'other.mjs')])
  assert.is(
    stdout,
    'TypeError: the thread-local is an instance of Object; ' +
      'use an object made by threadLocal of the same copy of this package\n',
  )
})

test('two copies in one thread never issue the same ticket, and know each other’s', async () => {
  writeFileSync(
    join(folder, 'cancel.mjs'),
    `import * as one from './cancel-one.mjs'
     import * as two from './cancel-two.mjs'
     const copies = [one, two]
     const runs = Array.from({ length: 10_000 }, (_, i) => {
       const run = copies[(i >> 3) % 2].cancellable()
       if (i % 3) run.cancel()
       return run
     })
     const areRight = copies.map(({ isCancelled }) => runs.every(({ ticket }, i) => isCancelled(ticket) === i % 3 > 0))
     console.log(JSON.stringify([new Set(runs.map(({ ticket }) => ticket)).size, areRight]))`,
  )
  const { stdout, stderr } = await run(process.execPath, [join(folder, 'cancel.mjs')])
  assert.is(stderr, '')
  assert.equal(JSON.parse(stdout), [10_000, [true, true]])
})

test.run()
