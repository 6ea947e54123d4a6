import * as assert from 'uvu/assert'
import { run, runSync } from '../../tools/child-process.js'
import { skipOnWindows } from '../../tools/testing/skip.js'

const test = skipOnWindows('it has no sh and no signals')

const shell = (script: string, timeLimitMs = 20_000) => ['sh', ['-c', script], { timeLimitMs }] as const

for (const [name, start] of Object.entries({ run, runSync })) {
  test(`${name}: what a program printed, and its exit code`, async () => {
    const completion = await start(...shell('echo out; sleep 0.5; echo err >&2; exit 3'))
    assert.equal(completion, {
      exitCode: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
      output: 'out\nerr\n',
      problem: 'exit code 3',
    })
  })

  test(`${name}: a program that exits with 0 has no problem`, async () => {
    assert.is((await start(...shell('exit 0'))).problem, undefined)
  })

  test(`${name}: a program that exceeds its time limit is killed`, async () => {
    const { exitCode, stdout, problem } = await start(...shell('echo first; exec sleep 60', 3000))
    assert.equal({ exitCode, stdout }, { exitCode: null, stdout: 'first\n' })
    assert.is(problem, 'killed after its time limit of 3 s')
  })

  test(`${name}: a program that a signal kills`, async () => {
    const { exitCode, signal, problem } = await start(...shell('kill -TERM $$'))
    assert.equal({ exitCode, signal }, { exitCode: null, signal: 'SIGTERM' })
    assert.is(problem, 'killed by SIGTERM')
  })

  test(`${name}: a program that does not exist`, async () => {
    const { exitCode, output, problem } = await start('/no/such/program', [])
    assert.equal({ exitCode, output }, { exitCode: null, output: '' })
    assert.match(problem ?? '', /^could not be run: .*ENOENT/)
  })
}

test('runSync: a program reads its input, and nothing if there is none', () => {
  assert.is(runSync('cat', [], { input: 'one\ntwo\n' }).stdout, 'one\ntwo\n')
  assert.is(runSync('cat', []).output, '')
})

test('run does not wait for a process that outlives the program and keeps its pipes open', async () => {
  const started = performance.now()
  const { stdout, problem } = await run(...shell('echo done; sleep 30 &'))
  assert.equal({ stdout, problem }, { stdout: 'done\n', problem: undefined })
  assert.ok(performance.now() - started < 25_000)
})

test('run: a program is killed once it has been silent for its limit, and not before', async () => {
  const talks = 'for i in 1 2 3 4 5; do sleep 1; echo $i; done'
  const { stdout, problem } = await run('sh', ['-c', `${talks}; exec sleep 60`], { silenceLimitMs: 4000 })
  assert.is(stdout, '1\n2\n3\n4\n5\n')
  assert.is(problem, 'killed after 4 s without output')
})

test.run()
