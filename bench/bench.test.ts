import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { skipOn } from '../test/support/skip.js'
import { measureAccess } from './contenders/browser/access.js'
import { CONTENDERS } from './contenders/browser/contenders.js'
import { GROUP_NAMES, loadGroup } from './groups/index.js'
import { parseRequest } from './harness/arguments.js'
import { type Contender, Meter } from './harness/meter.js'
import { run, WHOLE_SCENARIO } from './harness/runner.js'
import { browsers, inspect } from './harness/runtimes.js'
import { median } from './harness/statistics.js'
import { checkTable } from './report/limits.js'
import { drawPlots } from './report/plots.js'
import { updateReadme } from './report/readme.js'
import { updateBrowsers } from './report/readme-browsers.js'
import { type Results, type Sampled, stringify, summarise } from './report/results.js'
import { loadBrowsers, loadResults } from './report/saved.js'
import { tablesOf } from './report/tables.js'

const reason =
  'the benchmarks are a script of this project that runs on Node, and measures other runtimes from there'
const test = skipOn({ bun: reason, deno: reason })

const root = join(import.meta.dirname, '../..')
/** Nothing may lag behind; and in windows of 1 ms a thread may get no processor on a busy machine. */
const MAY_BE_ZERO: readonly string[] = ['count', 'per s']

/** A contender that counts what it is asked for, and says so, times `factor`. */
function counting(name: string, factor = 1): Contender & { readonly batches: number[]; prepared: number } {
  let count = 0
  return {
    name,
    batches: [] as number[],
    prepared: 0,
    prepare() {
      count = 0
      this.prepared++
    },
    run(times) {
      for (let i = 0; i < times; i++) count++
      this.batches.push(times)
    },
    result: () => count * factor,
  }
}

test('contenders that come to different results are not timed', () => {
  const meter = new Meter(1)
  assert.throws(
    () => meter.race([counting('honest'), counting('cheat', 2)]),
    'cheat comes to 20000, and honest to 10000',
  )
  assert.equal(meter.measurements, [])
})

test('a contender that does nothing is out of competition', () => {
  const meter = new Meter(1)
  meter.race([counting('honest'), counting('nothing', Number.NaN)])
  assert.equal(meter.measurements.map(({ contender }) => contender).sort(), ['honest', 'nothing'])
})

test('a sample is the mean of a power of ten of operations, which took 50 µs at least, and each is prepared', () => {
  const meter = new Meter(5)
  const contender = counting('fast')
  meter.race([contender])
  const [measured] = meter.measurements
  assert.ok(measured)
  assert.ok([1e4, 1e5, 1e6].includes(measured.operations), `${measured.operations}`)
  assert.is(contender.batches.at(-1), measured.operations)
  assert.is(contender.prepared, contender.batches.length)
  assert.ok(measured.samples.length >= 3)
  assert.equal(
    measured.samples,
    [...measured.samples].sort((a, b) => a - b),
  )
  // ns for one operation: no machine adds in less than 0.01 ns or more than 1 µs.
  for (const sample of measured.samples) assert.ok(sample > 0.01 && sample < 1000, `${sample}`)
})

test('where a clock is coarse, a sample takes as long as it is told', () => {
  const meter = new Meter(5, 3)
  meter.race([counting('fast')])
  const [measured] = meter.measurements
  assert.ok(measured)
  assert.ok((median(measured.samples) * measured.operations) / 1e6 >= 3)
})

test('what can not be made is left out, with the reason', async () => {
  const meter = new Meter(1)
  const makers = [
    (type: string) => `made of ${type}`,
    function missing(): string {
      throw new Error('not here')
    },
  ]
  assert.equal(await meter.available(makers, 'u32'), ['made of u32'])
  assert.equal(meter.omissions, [{ contender: 'missing', reason: 'Error: not here' }])
})

const sampled = (contender: string, round: number, samples: number[]): Sampled => ({
  group: 'g',
  table: 't',
  column: 'c',
  contender,
  unit: 'ns',
  operations: 10,
  round,
  samples,
})

test('the samples of all rounds are pooled; each round keeps its median', () => {
  const [figure, other, ...more] = summarise([
    sampled('b', 0, [7]),
    { ...sampled('a', 1, [10, 20, 30]), operations: 100 },
    sampled('a', 0, [1, 2, 3]),
  ])
  assert.equal(more, [])
  assert.is(other?.median, 7)
  const { median, low, high, least, samples, operations, rounds } = figure as NonNullable<typeof figure>
  assert.equal(
    { median, low, high, least, samples, operations, rounds },
    {
      median: 6.5,
      low: 2.25,
      high: 17.5,
      least: 1,
      samples: 6,
      operations: [10, 100],
      rounds: [2, 20],
    },
  )
})

/** Results with these increments of a u32, in ns: each round's median. */
function resultsOf(rounds: Record<string, number[]>, version = '20.0.0'): Results {
  return {
    threadslots: '0.0.0',
    runtime: { name: 'node', version },
    machine: { processor: 'none', processors: 1, memoryBytes: 1, system: 'none' },
    versions: {},
    date: '2000-01-01T00:00:00.000Z',
    rounds: 2,
    milliseconds: 1,
    figures: Object.entries(rounds).map(([contender, rounds]) => ({
      group: 'access',
      table: 'increment',
      column: 'u32',
      contender,
      unit: 'ns' as const,
      median: rounds[0] as number,
      low: rounds[0] as number,
      high: rounds[0] as number,
      least: rounds[0] as number,
      samples: 1,
      operations: rounds.map(() => 1),
      rounds,
    })),
    omissions: [],
  }
}

test('limits are ratios within a round, not of rounds that saw different machines', () => {
  // The second round was ten times as slow, for both.
  const table = checkTable([
    resultsOf({ 'local.x': [0.5, 5], 'object.x': [1, 10], 'Map, constant key': [2, 20] }),
  ])
  assert.match(table, /^local\.x\+\+, u32 ÷ object\.x\+\+ +≤ 1\.00 +0\.50 ✓$/m)
  assert.match(table, /^own Map, constant key ÷ local\.x\+\+, u32 +≥ 6\.00 +4\.00 ✗$/m)
  assert.match(table, /^Map, built string key ÷ local\.x\+\+, u32 +≥ 15\.00 +–/m)
  assert.match(table, /^1 beyond their limits/m)
  assert.match(table, /^✗ own Map, constant key ÷ local\.x\+\+, u32: on Node 22 and 24/m)
})

test('a table of one runtime has its columns, one of several has a column for each', () => {
  const [one] = tablesOf('access', [resultsOf({ 'local.x': [0.5], Map: [12.34] })])
  assert.match(one ?? '', /^increment\n +u32\nlocal\.x +0\.50 ns.*\nMap +12\.3 ns/)
  const [two] = tablesOf('access', [resultsOf({ x: [0.5] }), resultsOf({ x: [1500] }, '22.1.0')])
  assert.match(two ?? '', /^increment: u32\n +Node 20 +Node 22\nx +0\.50 ns +1\.50 µs/)
})

test('of several that share a function one is timed, alone, and compared with the others afterwards', () => {
  const meter = new Meter(1)
  const contenders = [counting('first'), counting('alone'), counting('last')]
  meter.timeAlone(contenders, 'alone')
  assert.equal(
    meter.measurements.map(({ contender }) => contender),
    ['alone'],
  )
  assert.equal(
    contenders.map(({ batches }) => batches.length === 1),
    [true, false, true],
  )
  assert.throws(() => meter.timeAlone([counting('honest'), counting('cheat', 2)], 'honest'), 'cheat comes to')
  assert.throws(() => meter.timeAlone(contenders, 'nobody'), 'nobody')
})

test('with a baseline, each figure shows what it adds to that', () => {
  const [table] = tablesOf('access', [resultsOf({ none: [2, 20], slots: [3, 24], Map: [1, 10] })], 'none')
  assert.match(table ?? '', /^none +2\.00 ns +\+0 %/m)
  // The median of both rounds: 50 % and 20 %.
  assert.match(table ?? '', /^slots +3\.00 ns +\+35 %/m)
  assert.match(table ?? '', /^Map +1\.00 ns +-50 %/m)
})

test('JSON holds all of it, one figure a line', () => {
  const results = resultsOf({ a: [1], b: [2] })
  const text = stringify(results)
  assert.equal(JSON.parse(text), results)
  assert.is(text.match(/^ +\{"group"/gm)?.length, 2)
})

const refusals: [args: string[], words: RegExp][] = [
  [['--only', 'speed'], /access.*'speed'/],
  [['--only'], /--only takes a value/],
  [['--fast'], /--fast.*--quick/],
  [['--quick=1'], /--quick takes no value, got '1'/],
  [['access'], /got 1: access/],
  [['--node', '/no/such/file'], /\/no\/such\/file does not run/],
  [['--node', 'uname'], /uname is no runtime|uname does not run/],
  [['--node', process.execPath, '--node', process.execPath], /once more/],
  [['--save', '--quick'], /full runs/],
  [['--save', '--only', 'access'], /full runs/],
  [['--save', '--quick', '--only', 'browsers'], /full runs/],
]
for (const [args, words] of refusals) {
  test(`${args.join(' ')} is refused, with the way out`, () => {
    assert.throws(
      () => parseRequest(args),
      (error: Error) => words.test(error.message),
    )
  })
}

test('help names every option and every group', () => {
  const main = fileURLToPath(new URL('./main.js', import.meta.url))
  const { status, stdout } = spawnSync(process.execPath, [main, '--help'], { encoding: 'utf8' })
  assert.is(status, 0)
  for (const name of ['--only', '--quick', '--json', '--node', '--check', '--save', ...GROUP_NAMES]) {
    assert.ok(stdout.includes(name), name)
  }
  assert.is(spawnSync(process.execPath, [main, '--fast'], { encoding: 'utf8' }).status, 2)
})

test('every scenario of every group runs, its contenders agree, and every limit is measured', async () => {
  const seen: string[] = []
  const plan = { groups: GROUP_NAMES, runtimes: [inspect(process.execPath)], rounds: 1, milliseconds: 1 }
  const [results] = await run(plan, ({ label }) => seen.push(label))
  const groups = await Promise.all(GROUP_NAMES.map(loadGroup))
  assert.is(seen.length, groups.flatMap(({ scenarios }) => scenarios).length)
  const failures = results?.omissions.filter(({ contender }) => contender === WHOLE_SCENARIO)
  assert.equal(failures, [])
  for (const { contender, unit, median } of results?.figures ?? []) {
    assert.ok(median > 0 || (MAY_BE_ZERO.includes(unit) && median === 0), `${contender}: ${median} ${unit}`)
  }
  const missing = checkTable([results as Results])
    .split('\n')
    .filter(line => line.includes('–'))
  assert.is(missing.length, 1, missing.join('\n'))
  assert.match(missing[0] as string, /on Node 26 ÷ on Node 24/)
})

test('a run is without browsers, unless they are asked for, and then they can be saved by themselves', () => {
  const groupsOf = (...args: string[]) => parseRequest(args)?.groups
  assert.not.ok(groupsOf('--quick')?.includes('browsers'))
  assert.not.ok(groupsOf()?.includes('browsers'))
  assert.ok(groupsOf('--saved')?.includes('browsers'))
  assert.equal(groupsOf('--quick', '--only', 'browsers'), ['browsers'])
  assert.equal(groupsOf('--save', '--only', 'browsers'), ['browsers'])
})

test('what pages measure is measured here by the same code, and comes in a fixed order', async () => {
  const seen: number[] = []
  const figures = await measureAccess((done, of) => seen.push(done / of))
  assert.equal(
    figures.map(({ name }) => name),
    [...CONTENDERS.keys()],
  )
  for (const { name, nanoseconds, spread, reason } of figures) {
    assert.ok(nanoseconds > 0.01 && spread >= 0 && reason === undefined, `${name}: ${nanoseconds} ${reason}`)
  }
  assert.equal(
    seen,
    Array.from({ length: seen.length }, (_, i) => (i + 1) / seen.length),
  )
  assert.is(seen.length % CONTENDERS.size, 0)
})

test('a browser measures the same contenders, and nothing else; or it is said how to get one', async () => {
  const [browser] = browsers()
  const runtimes = [browser ?? inspect(process.execPath)]
  const plan = { groups: ['browsers', 'elsewhere'] as const, runtimes, rounds: 1, milliseconds: 1 }
  const [results] = await run(plan, () => {})
  const { runtime, figures = [], omissions = [] } = results ?? {}
  if (browser) {
    assert.match(runtime?.version ?? '', /^\d+\.\d+/)
    assert.equal(omissions, [])
    assert.equal(
      figures.map(({ group, contender }) => `${group}: ${contender}`).sort(),
      [...CONTENDERS.keys()].map(name => `browsers: ${name}`).sort(),
    )
  } else {
    const reasons = omissions.filter(({ group }) => group === 'browsers').map(({ reason }) => reason)
    assert.is(reasons.length, 3)
    for (const reason of reasons) assert.match(reason, /install/)
  }
})

test('a scenario whose process fails is left out, with what it said', async () => {
  const broken = { ...inspect(process.execPath), args: ['--no-such-flag'] }
  const plan = { groups: ['elsewhere'] as const, runtimes: [broken], rounds: 1, milliseconds: 1 }
  const [results] = await run(plan, () => {})
  assert.equal(results?.figures, [])
  assert.is(results?.omissions.length, 1)
  for (const { contender, reason } of results?.omissions ?? []) {
    assert.is(contender, WHOLE_SCENARIO)
    assert.match(reason, /exit code 9|no-such-flag/)
  }
})

test('a process that says nothing of use is left out, too', async () => {
  const silent = { ...inspect(process.execPath), args: ['--eval', '0', '--'] }
  const plan = { groups: ['elsewhere'] as const, runtimes: [silent], rounds: 1, milliseconds: 1 }
  const [results] = await run(plan, () => {})
  const reasons = results?.omissions.map(({ contender, reason }) => `${contender}: ${reason}`)
  assert.equal(new Set(reasons), new Set([`${WHOLE_SCENARIO}: exit code 0, and no report`]))
})

test('--saved --json prints what was asked for, and nothing else', () => {
  const main = fileURLToPath(new URL('./main.js', import.meta.url))
  const args = [main, '--saved', '--json', '--only', 'access']
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1e9 })
  const results = JSON.parse(stdout) as Results[]
  assert.is(results.length, 4)
  assert.equal([...new Set(results.flatMap(({ figures }) => figures.map(({ group }) => group)))], ['access'])
})

test('--saved --check has a column for each runtime that something is promised of', () => {
  const main = fileURLToPath(new URL('./main.js', import.meta.url))
  const { stdout } = spawnSync(process.execPath, [main, '--saved', '--check'], { encoding: 'utf8' })
  assert.match(stdout, /^figure +limit +Node 20 +Node 22 +Node 24 +Node 26$/m)
})

test('bench/results holds a full run of four versions of Node, and the plots made of it', async () => {
  const results = loadResults()
  assert.equal(
    results.map(({ runtime }) => `${runtime.name} ${runtime.version.split('.')[0]}`),
    ['node 20', 'node 22', 'node 24', 'node 26'],
  )
  for (const { figures, rounds } of results) {
    assert.equal(
      [...new Set(figures.map(({ group }) => group))],
      GROUP_NAMES.filter(name => name !== 'browsers'),
    )
    assert.ok(rounds > 1)
  }
  const plots = await drawPlots(results)
  assert.equal(
    plots.map(([name]) => name),
    ['access', 'contention', 'reading'],
  )
  for (const [name, svg] of plots) {
    assert.is(readFileSync(join(root, `bench/results/${name}.svg`), 'utf8'), svg, name)
    assert.match(svg, /^<svg.*<\/svg>\n$/s)
  }
})

test('bench/results holds a run of three browsers beside Node', () => {
  const results = loadBrowsers()
  assert.equal(
    [...new Set(results.map(({ runtime }) => runtime.name))],
    ['node', 'chromium', 'firefox', 'webkit'],
  )
  for (const { figures, rounds } of results) {
    assert.equal(
      figures.map(({ group, contender }) => `${group}: ${contender}`).sort(),
      [...CONTENDERS.keys()].map(name => `browsers: ${name}`).sort(),
    )
    assert.ok(rounds > 1)
  }
})

test("the README's figures are those of bench/results, and its pictures are there", () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  assert.is(updateReadme(readme, loadResults()), readme)
  assert.is(updateBrowsers(readme, loadBrowsers()), readme)
  const pictures = [...readme.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path]) => path as string)
  assert.ok(pictures.length > 0)
  for (const path of pictures) assert.ok(existsSync(join(root, path)), path)
})

test.run()
