// What is served to run test files in pages: the built files as they are, with an import map in the place of Node's
// resolution; and workers' scripts as bundles, since no import map is for them.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { serve } from '../../../tools/static-server.js'

const root = join(import.meta.dirname, '../../../..')
const SUITE = 'test/browser/suite'
const MADE = join(root, `build/browser/${process.pid}`)

/** What tests import, other than files: each is served as one module. */
const LIBRARIES = ['uvu', 'uvu/assert', 'fast-check', 'hdr-histogram-js']

/** Test files that are not about a server's runtime. */
const ABOUT_NO_SERVER = [
  'unit/histogram',
  'hostile/hostile',
  'unit/thread-local',
  'unit/memory',
  'model/model',
  'unit/similar-libraries',
  'protocol/operations',
  'protocol/crashes',
  'unit/readings',
  'unit/row',
  'unit/table',
  'unit/values',
]

/** Files about pages that share no memory. */
const NOT_ISOLATED = /\/not-isolated\./

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  target: 'es2022',
  charset: 'utf8',
  platform: 'browser',
  logLevel: 'warning',
  sourcemap: true,
}

/** Paths of test files, from the site's root. */
export function testFiles(): string[] {
  const folder = join(root, 'build', SUITE)
  const suite = existsSync(folder) ? readdirSync(folder).filter(file => file.endsWith('.test.js')) : []
  return [
    ...ABOUT_NO_SERVER.map(name => `test/${name}.test.js`),
    ...suite.sort().map(file => `${SUITE}/${file}`),
  ]
}

/** Where test files are served. */
export interface Site {
  /** The page of a test file. Its query tells variables to the tests. */
  urlOf(file: string): string
  close(): Promise<void>
}

/** @param options `isStored`: browsers may keep what is served, and pages that are left. */
export async function serveTests(
  files: readonly string[],
  { isStored = false }: { readonly isStored?: boolean } = {},
): Promise<Site> {
  const imports = { ...threadslots(), ...(await bundleLibraries()) }
  await bundleWorkers()
  const pathOf = (file: string) => file.replace(/js$/, 'html')
  for (const file of files) writeFileSync(join(root, 'build', pathOf(file)), pageOf(file, imports))
  const places = {
    '/dist/': join(root, 'dist'),
    '/browser/': MADE,
    [`/${SUITE}/workers/`]: join(MADE, 'workers'),
    '/tools/kernel/kernel.wasm': join(root, 'build/tools/kernel/kernel.wasm'),
    '/': join(root, 'build'),
  }
  const [isolated, other] = await Promise.all([
    serve(places, { isStored }),
    serve(places, { isStored, isIsolated: false }),
  ])
  return {
    urlOf: file => (NOT_ISOLATED.test(file) ? other : isolated).url + pathOf(file),
    close: async () => {
      await Promise.all([isolated.close(), other.close()])
    },
  }
}

const pageOf = (file: string, imports: object) => `<!doctype html>
<title>${basename(file)}</title>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
  import { runTests } from '/test/browser/support/page.js'
  runTests('/${file}')
</script>
`

/** The entries of the package, as a bundler for browsers takes them: the published files. */
function threadslots(): Record<string, string> {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
  const entries = Object.entries(exports).filter(([, { default: file }]) => file?.endsWith('.js'))
  return Object.fromEntries(
    entries.map(([entry, { browser, default: file }]) => [
      `threadslots${entry.slice(1)}`,
      (browser?.default ?? file ?? '').slice(1),
    ]),
  )
}

interface Manifest {
  readonly exports: { readonly [entry: string]: { readonly browser?: Target } & Partial<Target> }
}
interface Target {
  readonly default: string
}

async function bundleLibraries(): Promise<Record<string, string>> {
  const fileOf = (library: string) => `libraries/${library.replace('/', '-')}.js`
  const bundle = async (library: string) => {
    // By name, as Node finds them: esbuild gives those of a CommonJS module to who asks for them alone.
    const names = Object.keys(await import(library)).filter(name => /^\w+$/.test(name))
    const contents = `export { ${names.join(', ')} } from '${library}'`
    const outfile = join(MADE, fileOf(library))
    await build({ ...common, stdin: { contents, resolveDir: root }, outfile, format: 'esm' })
    return [library, `/browser/${fileOf(library)}`] as const
  }
  return Object.fromEntries(await Promise.all(LIBRARIES.map(bundle)))
}

/** Each as a module, and as a script that needs no modules; with a copy of the package in each, as users bundle them. */
async function bundleWorkers(): Promise<void> {
  const folder = join(root, SUITE, 'workers')
  const scripts = existsSync(folder) ? readdirSync(folder).filter(file => file.endsWith('.ts')) : []
  const entryPoints = scripts.map(file => join(folder, file))
  const outdir = join(MADE, 'workers')
  await Promise.all([
    build({ ...common, entryPoints, outdir, format: 'esm' }),
    build({ ...common, entryPoints, outdir, format: 'iife', outExtension: { '.js': '.classic.js' } }),
  ])
}
