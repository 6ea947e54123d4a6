import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { root } from '../tools/repository.js'
import { INCREMENTS } from './contenders/increments.js'
import { GROUP_NAMES } from './groups/index.js'
import type { Figure, Results } from './harness/results.js'
import { runOf } from './report/figures.js'
import { limitsTable } from './report/limits-table.js'
import { replaceBlock } from './report/markdown.js'
import { measuredOn } from './report/measured-on.js'
import { updatePages } from './report/pages.js'
import { drawPlots } from './report/plots.js'
import { loadBrowserResults, loadResults, replaceGroups, stringify } from './report/saved-results.js'
import { tablesOf } from './report/tables.js'

/** Results with these increments of a u32, in ns, by contender and round. */
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

test('a ratio is compared with its limit within each round, so a slow round does not change it', () => {
  // The second round was ten times as slow for all contenders.
  const table = limitsTable([
    resultsOf({ 'local.x': [0.5, 5], 'object.x': [1, 10], 'Map, constant key': [2, 20] }),
  ])
  assert.match(table, /^local\.x\+\+, u32 ÷ object\.x\+\+ +≤ 1\.00 +0\.50 ✓$/m)
  assert.match(table, /^own Map, constant key ÷ local\.x\+\+, u32 +≥ 6\.00 +4\.00 ✗$/m)
  assert.match(table, /^Map, built string key ÷ local\.x\+\+, u32 +≥ 15\.00 +–/m)
  assert.match(table, /^1 figure outside the limits/m)
  assert.match(table, /^✗ own Map, constant key ÷ local\.x\+\+, u32: on Node 22 and 24/m)
})

test('a figure may be as large as what the machine does without this library, which is shown without a limit', () => {
  const place = { group: 'reading', table: 'one increment, while another thread reads' }
  const limitsOf = (slots: number, loops: number) => {
    const results = (column: string, ns: Record<string, number[]>) =>
      resultsOf(ns).figures.map(figure => ({ ...figure, ...place, column }))
    const [slotsName, loopsName] = ['local.x++, read by totals(local)', 'array[i]++, read by a plain loop']
    return limitsTable([
      {
        ...resultsOf({}),
        figures: [
          ...results('undisturbed', { [slotsName]: [1], [loopsName]: [1] }),
          ...results('read without a pause', { [slotsName]: [slots], [loopsName]: [loops] }),
        ],
      },
    ])
  }
  const slots = (figure: string) =>
    new RegExp(`^local\\.x\\+\\+, read without a pause ÷ undisturbed +≤ 1\\.15 +${figure}$`, 'm')
  assert.match(limitsOf(1.1, 1), slots('1\\.10 ✓'))
  assert.match(limitsOf(1.2, 1), slots('1\\.20 ✗'))
  assert.match(limitsOf(1.2, 1.3), slots('1\\.20 ✓'))
  assert.match(limitsOf(1.4, 1.3), slots('1\\.40 ✗'))
  assert.match(limitsOf(1.4, 1.3), /^array\[i\]\+\+, read by a plain loop ÷ undisturbed +1\.30 *$/m)
})

test('a table of one runtime has the columns of its scenarios, one of several has a column for each runtime', () => {
  const [one] = tablesOf('access', [resultsOf({ 'local.x': [0.5], Map: [12.34] })])
  assert.match(one ?? '', /^increment\n +u32\nlocal\.x +0\.50 ns.*\nMap +12\.3 ns/)
  const [two] = tablesOf('access', [resultsOf({ x: [0.5] }), resultsOf({ x: [1500] }, '22.1.0')])
  assert.match(two ?? '', /^increment: u32\n +Node 20 +Node 22\nx +0\.50 ns +1\.50 µs/)
})

test('a figure about a whole distribution shows its tail instead of its quartiles', () => {
  const results = resultsOf({ cancel: [1e6], other: [2] })
  const percentiles = Array.from({ length: 101 }, (_, percent) => (percent + 1) * 1e6)
  const [cancel, other] = results.figures as [Figure, Figure]
  const figures = [
    { ...cancel, percentiles },
    { ...other, high: 3 },
  ]
  const [table] = tablesOf('access', [{ ...results, figures }])
  assert.match(table ?? '', /^cancel +1\.00 ms, p95 96\.0 ms, p99 100 ms, max 101 ms/m)
  assert.match(table ?? '', /^other +2\.00 ns ±25%/m)
})

test('with a baseline, each figure shows how much it adds, in percent', () => {
  const [table] = tablesOf('access', [resultsOf({ none: [2, 20], slots: [3, 24], Map: [1, 10] })], 'none')
  assert.match(table ?? '', /^none +2\.00 ns +\+0 %/m)
  // The median of the two rounds' 50 % and 20 %.
  assert.match(table ?? '', /^slots +3\.00 ns +\+35 %/m)
  assert.match(table ?? '', /^Map +1\.00 ns +-50 %/m)
})

test('saved JSON holds everything, with one figure per line', () => {
  const results = resultsOf({ a: [1], b: [2] })
  const text = stringify(results)
  assert.equal(JSON.parse(text), results)
  assert.is(text.match(/^ +\{"group"/gm)?.length, 2)
})

test('saving some groups replaces their figures alone, and keeps the date of each', () => {
  const figures = (group: string, ns: number) =>
    resultsOf({ 'local.x': [ns] }).figures.map(figure => ({ ...figure, group }))
  const omissions = (group: string) => [{ group, table: 't', column: 'c', contender: 'x', reason: 'none' }]
  const saved = {
    ...resultsOf({}),
    figures: [
      ...figures('access', 1),
      ...figures('reading', 2),
      ...figures('labels', 3),
      ...figures('lifecycle', 4),
    ],
    omissions: [...omissions('access'), ...omissions('reading')],
  }
  const measured = {
    ...resultsOf({}, '20.1.0'),
    date: '2001-01-01T00:00:00.000Z',
    figures: figures('reading', 20),
    omissions: omissions('reading'),
  }
  const merged = replaceGroups(saved, measured)
  assert.equal(
    merged.figures.map(({ group, median }) => `${group} ${median}`),
    ['access 1', 'reading 20', 'labels 3', 'lifecycle 4'],
  )
  assert.is(merged.omissions.length, 2)
  assert.is(runOf(merged, 'access').date, saved.date)
  const { figures: _, omissions: __, ...run } = measured
  assert.equal(runOf(merged, 'reading'), run)
  assert.is(
    measuredOn([merged], ['access', 'labels', 'reading']),
    'threadslots 0.0.0, measured on 2000-01-01 with 1 processors (none); those of reading are of ' +
      'threadslots 0.0.0, measured on 2001-01-01 with 1 processors (none)',
  )
  const again = replaceGroups(merged, {
    ...measured,
    figures: figures('labels', 30),
    omissions: omissions('labels'),
  })
  assert.equal(
    again.figures.map(({ group, median }) => `${group} ${median}`),
    ['access 1', 'reading 20', 'labels 30', 'lifecycle 4'],
  )
  assert.equal(Object.keys(again.later ?? {}), ['reading', 'labels'])
  assert.equal(JSON.parse(stringify(again)), again)
})

test('a block is replaced between its markers, and a page without the markers is an error that shows them', () => {
  const page = 'a\n<!-- bench: access -->\nold\n<!-- /bench: access -->\nb\n'
  assert.is(replaceBlock('x.md', page, 'access', 'new'), page.replace('old', 'new'))
  assert.throws(
    () => replaceBlock('x.md', page, 'browsers', 'new'),
    /^x\.md has no block browsers; .*<!-- bench: browsers --> and <!-- \/bench: browsers -->/,
  )
})

test('bench/results holds a full run on four versions of Node, and its plots', async () => {
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
    ['access', 'contention', 'reading', 'cancelling', 'pools'],
  )
  for (const [name, svg] of plots) {
    assert.is(readFileSync(join(root, `bench/results/${name}.svg`), 'utf8'), svg, name)
    assert.match(svg, /^<svg.*<\/svg>\n$/s)
  }
})

test('bench/results holds a run in three browsers and in Node', () => {
  const results = loadBrowserResults()
  assert.equal(
    [...new Set(results.map(({ runtime }) => runtime.name))],
    ['node', 'chromium', 'firefox', 'webkit'],
  )
  for (const { figures, rounds } of results) {
    assert.equal(
      figures.map(({ group, contender }) => `${group}: ${contender}`).sort(),
      [...INCREMENTS.keys()].map(name => `browsers: ${name}`).sort(),
    )
    assert.ok(rounds > 1)
  }
})

test('the blocks of the README and of the pages are what the saved results give, and their plots exist', () => {
  const pages = updatePages(loadResults(), loadBrowserResults())
  assert.equal(
    [...pages.keys()],
    ['README.md', 'docs/performance.md', 'docs/requests.md', 'docs/monitor.md', 'docs/pool-example.md'],
  )
  const missing = 'run npm run bench -- --saved --save'
  for (const [page, text] of pages) {
    assert.is(readFileSync(join(root, page), 'utf8'), text, `${page} is stale: ${missing}`)
    const blocks = text.match(/<!-- bench: .*?<!-- \/bench: /gs) ?? []
    assert.ok(blocks.length > 0, `${page} has no block`)
    for (const block of blocks) assert.not.match(block, /NaN|undefined|Infinity/)
  }
  const performance = pages.get('docs/performance.md') ?? ''
  const plots = [...performance.matchAll(/!\[[^\]]+\]\(([^)]+\.svg)\)/g)].map(([, path]) => path as string)
  assert.ok(plots.length >= 4)
  for (const plot of plots) assert.ok(existsSync(join(root, dirname('docs/performance.md'), plot)), plot)
})

test.run()
