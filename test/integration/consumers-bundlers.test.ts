// Bundlers build programs that use the package, each with a worker, and the built programs are run.
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as esbuild from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as vite from 'vite'
import webpack from 'webpack'
import { createProject, manifest, run, specifiers, write } from './consumers/project.js'

const folder = createProject()
const consumers = join(import.meta.dirname, 'consumers')
for (const program of ['app', 'page']) {
  const isScript = (path: string) => !path.endsWith('.map')
  cpSync(join(consumers, program), join(folder, program), { recursive: true, filter: isScript })
}

const outcomeOf = (args: readonly string[]): unknown => JSON.parse(run(process.execPath, args, folder))

const ofApp = [
  { jobs: 4321, bytes: 160.5, largest: 300 },
  { jobs: 321, bytes: 160.5, largest: 300 },
]
const ofPage = [4321, 321]

/** The text of all scripts that a bundler has written. */
const madeIn = (output: string): string =>
  readdirSync(join(folder, output), { recursive: true, encoding: 'utf8' })
    .filter(file => /\.js$/.test(file))
    .map(file => readFileSync(join(folder, output, file), 'utf8'))
    .join('\n')

/** How often the core is contained in a text: by words that occur in it once. */
const coresIn = (text: string): number => text.split(' are taken; ').length - 1

async function bundle(entryPoints: readonly string[], outdir: string, options: esbuild.BuildOptions = {}) {
  const common = {
    absWorkingDir: folder,
    bundle: true,
    format: 'esm',
    platform: 'node',
    metafile: true,
  } as const
  return esbuild.build({ ...common, entryPoints: [...entryPoints], outdir, logLevel: 'silent', ...options })
}

test('the programs run unbundled', () => {
  assert.equal(outcomeOf(['app/main.js']), ofApp)
  const { href } = pathToFileURL(join(consumers, 'simulate-browser.js'))
  assert.equal(outcomeOf(['--import', href, 'page/main.js']), ofPage)
})

test('esbuild: a program for Node and its worker', async () => {
  const { warnings } = await bundle(['app/main.js', 'app/worker.js'], 'esbuild', { minify: true })
  assert.equal(warnings, [])
  assert.equal(outcomeOf(['esbuild/main.js']), ofApp)
})

test('esbuild: a program for Node and its worker, with their shared code in a third file', async () => {
  await bundle(['app/main.js', 'app/worker.js'], 'split', { splitting: true })
  assert.is(coresIn(madeIn('split')), 1)
  assert.equal(outcomeOf(['split/main.js']), ofApp)
})

test('esbuild: a program that uses every entry has one core', async () => {
  write(folder, {
    'all.js': specifiers
      .map((name, i) => `import * as entry${i} from '${name}'\nexport { entry${i} }\n`)
      .join(''),
  })
  const { metafile } = await bundle(['all.js'], 'all')
  const cores = Object.keys(metafile?.inputs ?? {}).filter(file => file.endsWith('threadslots/dist/index.js'))
  assert.is(cores.length, 1)
  assert.is(coresIn(madeIn('all')), 1)
})

test('esbuild: a program for browsers has one core, whichever names it imports, and the browser’s host with it', async () => {
  write(folder, {
    'names.js': [
      "import 'threadslots/histogram'",
      "import { SlotTable } from 'threadslots'",
      "import { threadLocal } from 'threadslots/browser'",
      'console.log(SlotTable, threadLocal)',
    ].join('\n'),
  })
  // `neutral` ignores the condition `browser`, so there the first name is the core itself.
  for (const platform of ['browser', 'neutral'] as const) {
    const { warnings } = await bundle(['names.js'], platform, { platform, minify: true })
    assert.equal(warnings, [])
    assert.is(coresIn(madeIn(platform)), 1, platform)
    assert.match(madeIn(platform), /Cross-Origin-Opener-Policy/, platform)
    // Bundles for browsers leave out the server's host.
    assert.is(madeIn(platform).includes('started before the main thread'), platform !== 'browser')
  }
})

test('esbuild: unused imports of entries are removed, except of entries with side effects', async () => {
  const hasEffects = (specifier: string) => {
    const { default: file } = manifest.exports[specifier.replace(manifest.name, '.')] ?? {}
    return (manifest.sideEffects || []).includes(`${file}`)
  }
  for (const specifier of specifiers) {
    write(folder, { 'unused.js': `import '${specifier}'\n` })
    const { warnings } = await bundle(['unused.js'], 'unused', { minify: true })
    assert.is(warnings.length > 0, !hasEffects(specifier), specifier)
    assert.is(madeIn('unused').trim() === '', !hasEffects(specifier), specifier)
  }
})

test('webpack: a program for Node, whose worker webpack finds by itself', async () => {
  const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
    webpack(
      {
        mode: 'production',
        target: 'node20',
        context: folder,
        entry: './app/main.js',
        experiments: { outputModule: true },
        output: { path: join(folder, 'webpack'), module: true },
      },
      (error, stats) => (error ? reject(error) : resolve(stats)),
    )
  })
  const { errors, warnings } = stats?.toJson({ all: false, errors: true, warnings: true }) ?? {}
  assert.equal({ errors, warnings }, { errors: [], warnings: [] })
  // The program, its worker, and what they share.
  assert.is(readdirSync(join(folder, 'webpack')).length, 3)
  assert.equal(outcomeOf(['webpack/main.mjs']), ofApp)
})

test('Vite: a program for browsers, whose worker Vite finds by itself', async () => {
  const warnings: string[] = []
  const logger = { ...vite.createLogger('silent'), warn: (text: string) => void warnings.push(text) }
  await vite.build({
    configFile: false,
    root: folder,
    base: './',
    customLogger: logger,
    build: {
      outDir: 'vite',
      rollupOptions: { input: join(folder, 'page/main.js'), output: { entryFileNames: 'main.js' } },
    },
    worker: { format: 'es' },
  })
  assert.equal(warnings, [])
  // The package asks the runtime for Node's modules where there are any. It must not import them.
  assert.not.match(madeIn('vite'), /\bimport\b[^.]*["']node:|\brequire\(|vite-browser-external/)
  assert.equal(outcomeOf(['--import', join(consumers, 'simulate-browser.js'), 'vite/main.js']), ofPage)
})

test.run()
