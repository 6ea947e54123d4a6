// Runs the documented program for browsers in real browsers, exactly as it is written and built by each bundler that the
// documentation mentions: the page's totals rise while workers never yield, and keep the counts of a terminated worker.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Engine, type EngineName, open } from '../../tools/browsers/engines.js'
import { createProject, write } from '../integration/consumers/project.js'
import { snippets } from '../support/snippets.js'
import {
  type Delivery,
  plainFiles,
  viteBuild,
  viteServer,
  webpackBuild,
  withEsbuild,
} from './support/delivery.js'

type Files = { readonly [name: string]: string }

/** The snippets of docs/browser.md that name their file. */
const program: Files = Object.fromEntries(
  snippets.filter(({ isForBrowsers }) => isForBrowsers).map(({ name = '', code }) => [name, code]),
)

/** Replaces text in some of the program's files. Fails if the text isn't there. */
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
/** The program as users of a bundler write it. */
const named = rewrite(program, {
  'main.js': [[FILE, ENTRY]],
  'worker.js': [[FILE, ENTRY]],
  'counters.js': [[FILE, ENTRY]],
})
/** A definition that servers share imports the core: a bundler must find one module under two names. */
const mixed = rewrite(named, { 'counters.js': [[ENTRY, CORE]] })

/** A definition at the top level, as on servers. A worker imports it once it has a table. */
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
/** The program with a worker that is made from the text of a bundle. */
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

/** How the program is delivered as it is written, and to which engines. */
const AS_WRITTEN: readonly (readonly [title: string, Delivery, ...EngineName[]])[] = [
  ['as plain modules', plainFiles, 'chromium', 'firefox', 'webkit'],
  ['from Vite’s development server', viteServer, 'chromium', 'firefox'],
  ['built by Vite', viteBuild, 'chromium', 'firefox', 'webkit'],
  ['built by esbuild', withEsbuild({ splitting: true }), 'chromium'],
  ['built by webpack', webpackBuild, 'chromium'],
]
const BUNDLERS: readonly (readonly [title: string, Delivery])[] = [
  ['Vite’s development server', viteServer],
  ['Vite', viteBuild],
  ['esbuild', withEsbuild({ splitting: true })],
  ['esbuild for no platform', withEsbuild({ platform: 'neutral' })],
  ['webpack', webpackBuild],
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

/** Only a failed test waits this long. */
const LIMIT_MS = 120_000

/** Waits until the page shows what is wanted. */
async function shown(engine: Engine, isWanted: (reading: Reading) => boolean): Promise<Reading> {
  const deadline = performance.now() + LIMIT_MS
  let text = ''
  while (performance.now() < deadline) {
    // There is nothing to read while a development server makes the browser load the page again.
    text = await engine.evaluate<string>("document.querySelector('pre').textContent").catch(() => text)
    if (text !== '' && isWanted(JSON.parse(text))) return JSON.parse(text)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`the page shows ${text}; its messages are ${JSON.stringify(await engine.messages())}`)
}

/** Adds a test in one engine, unless the variable ENGINE names another one. */
function testIn(
  name: EngineName,
  title: string,
  files: Files | (() => Promise<Files>),
  delivery: Delivery,
): void {
  const { ENGINE = name } = process.env
  if (ENGINE !== name) return
  test(`${title}, in ${name}`, async () =>
    check(name, typeof files === 'function' ? await files() : files, delivery))
}

async function check(name: EngineName, files: Files, delivery: Delivery): Promise<void> {
  for (const output of ['dist', 'node_modules/.vite'])
    rmSync(join(folder, output), { recursive: true, force: true })
  write(folder, files)
  const engine = await engineOf(name)
  const server = await delivery(folder)
  try {
    await checkPage(engine, server.url)
  } finally {
    await engine.goto('about:blank')
    await server.close()
  }
}

async function checkPage(engine: Engine, url: string): Promise<void> {
  const earlier = (await engine.messages()).length
  await engine.goto(url)

  const workers = (reading: Reading) => reading.threads.filter(({ threadId }) => threadId > 0)
  const first = await shown(
    engine,
    reading => workers(reading).filter(({ tested }) => tested > 0).length === 2,
  )
  const later = await shown(engine, ({ totals }) => totals.tested > first.totals.tested)
  assert.is(later.retired.tested, 0)

  await engine.evaluate('document.body.click()')
  const after = await shown(engine, ({ retired }) => retired.tested > 0)
  assert.is(workers(after).length, 1)
  const ended = later.threads.find(({ threadId }) =>
    workers(after).every(alive => alive.threadId !== threadId),
  )
  assert.ok(
    after.retired.tested >= (ended?.tested ?? Number.POSITIVE_INFINITY),
    JSON.stringify([later, after]),
  )
  const last = await shown(engine, ({ totals }) => totals.tested > after.totals.tested)
  assert.equal(last.retired, after.retired)
  assert.ok(after.totals.found >= later.totals.found && last.totals.found >= after.totals.found)

  const complaints = (await engine.messages()).slice(earlier).filter(({ kind, text }) => {
    // A browser requests an icon, which the program doesn't have.
    return kind !== 'debug' && !text.includes('404')
  })
  assert.equal(complaints, [])
}

test('docs/browser.md has the program', () => {
  const names = ['counters.js', 'index.html', 'main.js', 'threadslots.js', 'vite.config.js', 'worker.js']
  assert.equal(Object.keys(program).sort(), names)
})

for (const [title, delivery, ...names] of AS_WRITTEN) {
  for (const name of names) testIn(name, `as written, ${title}`, program, delivery)
}
for (const [title, delivery] of BUNDLERS) {
  testIn('firefox', `the package under its name for browsers, from ${title}`, named, delivery)
  testIn('firefox', `the package under both of its names, from ${title}`, mixed, delivery)
  testIn(
    'firefox',
    `a definition at the top level, imported after setDefaultTable, from ${title}`,
    topLevel,
    delivery,
  )
}
testIn('firefox', 'a classic worker, bundled as one script', classic, withEsbuild({ format: 'iife' }))
testIn('firefox', 'an inline worker, bundled as one script', inline, withEsbuild())

test.after(async () => {
  for (const engine of engines.values()) await (await engine).close()
})
test.run()
