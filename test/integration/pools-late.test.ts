// Pools whose threads use the definition before the main thread imports it.
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { run } from '../../tools/child-process.js'

const program = fileURLToPath(new URL('pools/late-main.js', import.meta.url))

for (const library of ['piscina', 'tinypool', 'workerpool', 'poolifier', 'threads']) {
  test(`${library}: if a task imports the definition first, the main thread warns when it reads`, async () => {
    const { stdout, stderr, problem } = await run(process.execPath, [program, library])
    assert.is(problem, undefined, stderr)
    const { read, warningsBefore, warnings } = JSON.parse(stdout)
    assert.equal([read, warningsBefore], [0, 0])
    assert.equal(
      warnings.map(({ code }: { code: string }) => code),
      ['THREADSLOTS_LATE'],
    )
    assert.match(
      warnings[0].message,
      /^threads? \d+(, \d+)* started before .* threadLocal\('pool'\) isn't shared;/,
    )
    assert.is(stderr.match(/THREADSLOTS_LATE/g)?.length, 1)
  })
}

test.run()
