import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runSync } from '../tools/child-process.js'
import { skipIf } from '../tools/testing/skip.js'
import { parseRequest } from './arguments.js'
import { INCREMENTS } from './contenders/increments.js'
import { GROUP_NAMES, loadGroup } from './groups/index.js'
import { measureIncrements } from './harness/page/increments.js'
import type { Results } from './harness/results.js'
import { measure, WHOLE_SCENARIO } from './harness/runner.js'
import { argsWith, browsers, inspect } from './harness/runtimes.js'
import { limitsTable } from './report/limits-table.js'

/**
 * An answer may be 0 increments behind. In a window of 1 ms on a busy machine, a thread may get no processor.
 */
const MAY_BE_ZERO: readonly string[] = ['count', 'per s']

const bench = (...args: string[]) =>
  runSync(process.execPath, [join(import.meta.dirname, 'main.js'), ...args])

const refusals: [args: string[], words: RegExp][] = [
  [['--only', 'speed'], /access.*'speed'/],
  [['--only', 'access,speed'], /access.*'speed'/],
  [['--only'], /--only takes names of groups: access/],
  [['--fast'], /--fast.*--quick/],
  [['--quick=1'], /--quick takes no value, got '1'/],
  [['access'], /got 1: access/],
  [['--node', '/no/such/file'], /\/no\/such\/file does not run/],
  [['--node', 'uname'], /uname is not Node, Bun or Deno|uname does not run/],
  [['--node', process.execPath, '--node', process.execPath], /listed twice/],
  [['--save', '--quick'], /leave out --quick/],
  [['--save', '--quick', '--only', 'browsers'], /leave out --quick/],
]
for (const [args, words] of refusals) {
  test(`${args.join(' ')} is refused, and the message says what to write`, () => {
    assert.throws(
      () => parseRequest(args),
      (error: Error) => words.test(error.message),
    )
  })
}

test('--only takes several groups, separated by commas or repeated', () => {
  assert.equal(parseRequest(['--only', 'mixed,access'])?.groups, ['access', 'mixed'])
  assert.equal(parseRequest(['--only', 'mixed', '--only', 'access'])?.groups, ['access', 'mixed'])
})

test('a run of some groups is partial, so that saving it keeps the others', () => {
  const isPartial = (...args: string[]) => parseRequest(['--save', ...args])?.isPartial
  assert.is(isPartial('--only', 'access'), true)
  assert.is(isPartial('--only', 'browsers'), true)
  assert.is(isPartial(), false)
  assert.is(isPartial('--only', GROUP_NAMES.join()), false)
  assert.is(isPartial('--saved', '--only', 'access'), false)
})

test('browsers are measured only if they are named, and can be saved by themselves', () => {
  const groupsOf = (...args: string[]) => parseRequest(args)?.groups
  assert.not.ok(groupsOf('--quick')?.includes('browsers'))
  assert.not.ok(groupsOf()?.includes('browsers'))
  assert.ok(groupsOf('--saved')?.includes('browsers'))
  assert.equal(groupsOf('--quick', '--only', 'browsers'), ['browsers'])
  assert.equal(groupsOf('--save', '--only', 'browsers'), ['browsers'])
})

test('--help names every option and every group', () => {
  const { exitCode, stdout } = bench('--help')
  assert.is(exitCode, 0)
  for (const name of [
    ...['--only', '--quick', '--json', '--node', '--check', '--saved', '--save', '--help'],
    ...GROUP_NAMES,
  ]) {
    assert.ok(stdout.includes(name), name)
  }
  assert.is(bench('--fast').exitCode, 2)
})

const isLinux = process.platform === 'linux'

skipIf(isLinux ? undefined : 'only Linux tells how much of a table is in memory')(
  'every scenario of every group runs, its contenders agree, and every limit has a figure',
  async () => {
    const seen: string[] = []
    const plan = { groups: GROUP_NAMES, runtimes: [inspect(process.execPath)], rounds: 1, milliseconds: 1 }
    const [results] = await measure(plan, ({ label }) => seen.push(label))
    const groups = await Promise.all(GROUP_NAMES.map(loadGroup))
    assert.is(seen.length, groups.flatMap(({ scenarios }) => scenarios).length)
    const failures = results?.omissions.filter(({ contender }) => contender === WHOLE_SCENARIO)
    assert.equal(failures, [])
    for (const { contender, unit, median } of results?.figures ?? []) {
      assert.ok(median > 0 || (MAY_BE_ZERO.includes(unit) && median === 0), `${contender}: ${median} ${unit}`)
    }
    const missing = limitsTable([results as Results])
      .split('\n')
      .filter(line => line.includes('–'))
    assert.is(missing.length, 1, missing.join('\n'))
    assert.match(missing[0] as string, /on Node 26 ÷ on Node 24/)
  },
)

test('what pages measure can be measured here by the same code, in a fixed order', async () => {
  const seen: number[] = []
  const figures = await measureIncrements((done, of) => seen.push(done / of))
  assert.equal(
    figures.map(({ name }) => name),
    [...INCREMENTS.keys()],
  )
  for (const { name, nanoseconds, spread, reason } of figures) {
    assert.ok(nanoseconds > 0.01 && spread >= 0 && reason === undefined, `${name}: ${nanoseconds} ${reason}`)
  }
  assert.equal(
    seen,
    Array.from({ length: seen.length }, (_, i) => (i + 1) / seen.length),
  )
  assert.is(seen.length % INCREMENTS.size, 0)
})

test('a browser measures the group browsers alone; without a browser, each omission says how to install one', async () => {
  const [browser] = browsers()
  const runtimes = [browser ?? inspect(process.execPath)]
  const plan = { groups: ['browsers', 'elsewhere'] as const, runtimes, rounds: 1, milliseconds: 1 }
  const [results] = await measure(plan, () => {})
  const { runtime, figures = [], omissions = [] } = results ?? {}
  if (browser) {
    assert.match(runtime?.version ?? '', /^\d+\.\d+/)
    assert.equal(omissions, [])
    assert.equal(
      figures.map(({ group, contender }) => `${group}: ${contender}`).sort(),
      [...INCREMENTS.keys()].map(name => `browsers: ${name}`).sort(),
    )
  } else {
    const reasons = omissions.filter(({ group }) => group === 'browsers').map(({ reason }) => reason)
    assert.is(reasons.length, 3)
    for (const reason of reasons) assert.match(reason, /install/)
  }
})

test('a scenario whose process fails is left out, with its error message', async () => {
  const broken = { ...inspect(process.execPath), args: ['--no-such-flag'] }
  const plan = { groups: ['elsewhere'] as const, runtimes: [broken], rounds: 1, milliseconds: 1 }
  const [results] = await measure(plan, () => {})
  assert.equal(results?.figures, [])
  assert.is(results?.omissions.length, 1)
  for (const { contender, reason } of results?.omissions ?? []) {
    assert.is(contender, WHOLE_SCENARIO)
    assert.match(reason, /exit code 9|no-such-flag/)
  }
})

test("V8's flags reach Node and Deno in the form that each one takes, and no other runtime", () => {
  const runtime = { version: '1.0.0', path: '' }
  const flags = ['--some-flag', '--other-flag']
  assert.equal(argsWith({ ...runtime, name: 'node', args: ['--expose-gc'] }, flags), [
    '--expose-gc',
    ...flags,
  ])
  assert.equal(argsWith({ ...runtime, name: 'node', args: ['--expose-gc'] }), ['--expose-gc'])
  assert.equal(argsWith({ ...runtime, name: 'deno', args: ['run', '--v8-flags=--expose-gc'] }, flags), [
    'run',
    '--v8-flags=--expose-gc,--some-flag,--other-flag',
  ])
  assert.equal(argsWith({ ...runtime, name: 'bun', args: ['--expose-gc'] }, flags), ['--expose-gc'])
})

test("a scenario is left out where its flag isn't known, and that is no failure", async () => {
  const broken = { ...inspect(process.execPath), args: ['--no-such-flag'] }
  const plan = { groups: ['access'] as const, runtimes: [broken], rounds: 1, milliseconds: 1 }
  const [results] = await measure(plan, () => {})
  const left = results?.omissions.filter(({ contender }) => contender !== WHOLE_SCENARIO) ?? []
  assert.equal(
    left.map(({ table, contender }) => `${table}: ${contender}`),
    ['increment', 'read', 'write'].map(table => `${table}: --harmony-struct`),
  )
  for (const { reason } of left) assert.match(reason, /does not know the flag/)
})

test('a scenario whose process prints no report is left out too', async () => {
  const silent = { ...inspect(process.execPath), args: ['--eval', '0', '--'] }
  const plan = { groups: ['elsewhere'] as const, runtimes: [silent], rounds: 1, milliseconds: 1 }
  const [results] = await measure(plan, () => {})
  const reasons = results?.omissions.map(({ contender, reason }) => `${contender}: ${reason}`)
  assert.equal(new Set(reasons), new Set([`${WHOLE_SCENARIO}: exit code 0, and no report`]))
})

test('--saved --json prints the requested results, and nothing else', () => {
  const results = JSON.parse(bench('--saved', '--json', '--only', 'access').stdout) as Results[]
  assert.is(results.length, 4)
  assert.equal([...new Set(results.flatMap(({ figures }) => figures.map(({ group }) => group)))], ['access'])
})

test('--saved --check has a column for each runtime that has limits', () => {
  const { stdout } = bench('--saved', '--check')
  assert.match(stdout, /^figure +limit +Node 20 +Node 22 +Node 24 +Node 26$/m)
})

test.run()
