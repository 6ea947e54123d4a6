// Runs the README's program for browsers in real ones, from its text, by every way that it speaks of: the page's totals
// rise while workers never yield, and what a terminated one has counted stays.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Engine, type EngineName, open } from '../../../tools/browsers/engines.js'
import { createProject, write } from '../../integration/consumers/project.js'
import { snippets } from '../../support/snippets.js'
import { asTheyAre, byEsbuild, byViteBuild, byViteDev, byWebpack, type Way } from './delivery.js'

type Files = { readonly [name: string]: string }

const program: Files = Object.fromEntries(
  snippets.filter(({ isForBrowsers }) => isForBrowsers).map(({ name = '', code }) => [name, code]),
)

/** The program with other text in the place of some; all of it has to be there. */
function rewrite(files: Files, changes: { readonly [name: string]: readonly (readonly [string, string])[] }) {
  const changed = { ...files }
  for (const [name, pairs] of Object.entries(changes)) {
    for (const [from, to] of pairs) {
      assert.ok(changed[name]?.includes(from), `${name} has no ${from}`)
      changed[name] = changed[name]?.replaceAll(from, to) as string
    }
  }
  return changed
}

const FILE = "'./threadslots.js'"
const ENTRY = "'threadslots/browser'"
const CORE = "'threadslots'"
/** As a bundler's users write it. */
const named = rewrite(program, {
  'main.js': [[FILE, ENTRY]],
  'worker.js': [[FILE, ENTRY]],
  'counters.js': [[FILE, ENTRY]],
})
/** A definition of which servers know, too: one module in spite of two names. */
const mixed = rewrite(named, { 'counters.js': [[ENTRY, CORE]] })

/** A definition as servers have it, which a worker imports later. */
const topLevel = rewrite(named, {
  'main.js': [
    ['{ counters }', '{ local }'],
    ['const local = counters()\n', ''],
  ],
  'worker.js': [
    ["import { counters } from './counters.js'\n", ''],
    ['const local = counters()', "const { local } = await import('./counters.js')"],
  ],
  'counters.js': [['counters = () =>', 'local =']],
  'vite.config.js': [['export default {', "export default { worker: { format: 'es' },"]],
})

const MODULE = "new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })"
const classic = rewrite(named, { 'main.js': [[MODULE, "new Worker('./worker.js')"]] })

const INLINE = "new Worker(URL.createObjectURL(new Blob(['WORKER'])))"
/** With the text that a bundler makes of its worker. */
async function inline(): Promise<Files> {
  write(folder, named)
  const { outputFiles } = await esbuild.build({
    absWorkingDir: folder,
    entryPoints: ['worker.js'],
    bundle: true,
    format: 'iife',
    write: false,
  })
  const script = JSON.stringify(outputFiles[0]?.text)
  return rewrite(named, { 'main.js': [[MODULE, INLINE.replace("'WORKER'", () => script)]] })
}

const AS_WRITTEN: readonly (readonly [title: string, Way, ...EngineName[]])[] = [
  ['as plain script modules', asTheyAre, 'chromium', 'firefox', 'webkit'],
  ['by Vite’s development server', byViteDev, 'chromium', 'firefox'],
  ['built by Vite', byViteBuild, 'chromium', 'firefox', 'webkit'],
  ['built by esbuild', byEsbuild({ splitting: true }), 'chromium'],
  ['built by webpack', byWebpack, 'chromium'],
]
const BUNDLERS: readonly (readonly [title: string, Way])[] = [
  ['Vite’s development server', byViteDev],
  ['Vite', byViteBuild],
  ['esbuild', byEsbuild({ splitting: true })],
  ['esbuild for no platform', byEsbuild({ platform: 'neutral' })],
  ['webpack', byWebpack],
]

const folder = createProject()
const engines = new Map<EngineName, Promise<Engine>>()

function engineOf(name: EngineName): Promise<Engine> {
  const engine = engines.get(name) ?? open(name)
  engines.set(name, engine)
  return engine
}

interface Reading {
  readonly totals: { readonly tested: number; readonly found: number }
  readonly retired: { readonly tested: number; readonly found: number }
  readonly threads: readonly { readonly threadId: number; readonly tested: number }[]
}

/** What the page shows, once it is what is waited for. */
async function shown(engine: Engine, isWanted: (reading: Reading) => boolean): Promise<Reading> {
  const deadline = performance.now() + 30_000
  let text = ''
  while (performance.now() < deadline) {
    // A development server may load the page again.
    text = await engine.evaluate<string>("document.querySelector('pre').textContent").catch(() => text)
    if (text !== '' && isWanted(JSON.parse(text))) return JSON.parse(text)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  throw new Error(`the page shows ${text}, and said ${JSON.stringify(await engine.messages())}`)
}

/** A test, unless another engine than this is asked for. */
function testIn(name: EngineName, title: string, files: Files | (() => Promise<Files>), way: Way): void {
  const { ENGINE = name } = process.env
  if (ENGINE !== name) return
  test(`${title}, in ${name}`, async () =>
    check(name, typeof files === 'function' ? await files() : files, way))
}

async function check(name: EngineName, files: Files, way: Way): Promise<void> {
  for (const made of ['dist', 'node_modules/.vite'])
    rmSync(join(folder, made), { recursive: true, force: true })
  write(folder, files)
  const engine = await engineOf(name)
  const server = await way(folder)
  try {
    await checkPage(engine, server.url)
  } finally {
    await engine.goto('about:blank')
    await server.close()
  }
}

async function checkPage(engine: Engine, url: string): Promise<void> {
  const said = (await engine.messages()).length
  await engine.goto(url)

  const workers = (reading: Reading) => reading.threads.filter(({ threadId }) => threadId > 0)
  const first = await shown(
    engine,
    reading => workers(reading).filter(({ tested }) => tested > 0).length === 2,
  )
  const later = await shown(engine, ({ totals }) => totals.tested > first.totals.tested)
  assert.is(later.retired.tested, 0)

  await engine.evaluate('document.body.click()')
  const dead = await shown(engine, ({ retired }) => retired.tested > 0)
  assert.is(workers(dead).length, 1)
  const gone = later.threads.find(({ threadId }) => workers(dead).every(alive => alive.threadId !== threadId))
  assert.ok(dead.retired.tested >= (gone?.tested ?? Number.POSITIVE_INFINITY), JSON.stringify([later, dead]))
  const last = await shown(engine, ({ totals }) => totals.tested > dead.totals.tested)
  assert.equal(last.retired, dead.retired)
  assert.ok(dead.totals.found >= later.totals.found && last.totals.found >= dead.totals.found)

  const bad = (await engine.messages()).slice(said).filter(({ kind, text }) => {
    // A browser asks for an icon, which the program has not.
    return kind !== 'debug' && !text.includes('404')
  })
  assert.equal(bad, [])
}

test('the README has the program', () => {
  const names = ['counters.js', 'index.html', 'main.js', 'threadslots.js', 'vite.config.js', 'worker.js']
  assert.equal(Object.keys(program).sort(), names)
})

for (const [title, way, ...names] of AS_WRITTEN) {
  for (const name of names) testIn(name, `as written, ${title}`, program, way)
}
for (const [title, way] of BUNDLERS) {
  testIn('firefox', `the package by its name, from ${title}`, named, way)
  testIn('firefox', `the package by both of its names, from ${title}`, mixed, way)
  testIn(
    'firefox',
    `a definition at the top level, imported after setDefaultTable, from ${title}`,
    topLevel,
    way,
  )
}
testIn('firefox', 'a classic worker, bundled as one script', classic, byEsbuild({ format: 'iife' }))
testIn('firefox', 'an inline worker, bundled as one script', inline, byEsbuild())

test.after(async () => {
  for (const engine of engines.values()) await (await engine).close()
})
test.run()
