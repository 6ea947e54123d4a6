// The published package: its size, its imports, its tarball, and the workflows that test and publish it.
import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { join, posix } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runSync } from '../../tools/child-process.js'
import { root } from '../../tools/repository.js'
import { skipOn, skipOnWindows } from '../../tools/testing/skip.js'
import { RUNTIMES } from '../support/runner/runtimes.js'
import { manifest, pack, run, specifiers, temporaryFolder } from './consumers/project.js'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const mapOf = (path: string): SourceMapPayload => JSON.parse(read(`${path}.map`))
function sourcesOf(path: string): string[] {
  const { sourceRoot = '', sources } = mapOf(path)
  return sources.map(source => posix.join(posix.dirname(path), sourceRoot, source))
}

const core = 'dist/index.js'
const modules = Object.values(manifest.exports).flatMap(({ default: file }) => file?.slice('./'.length) ?? [])
const adapters = modules.filter(file => file !== core)
/** The server's host, which the core imports, and what takes its place in bundles for browsers. */
const hosts = ['dist/server.js', 'dist/no-server.js']
/** Modules that start a thread or a process. */
const programs = ['dist/monitor-thread.js', 'dist/command.js']
/** Entries whose state or side effects other modules of the package share with the program. */
const sharedParts = ['./index.js', './histogram.js', './monitor.js']

interface Check {
  readonly name: string
  readonly limit: string
}
const { default: checks, checksOf } = await import(pathToFileURL(join(root, '.size-limit.mjs')).href)

// The limits are for sizes as Node's zlib compresses.
const reason = 'its zlib compresses differently, by about 30 bytes; sizes are measured on Node'
const withZlib = skipOn({ bun: reason, deno: reason })

withZlib('each entry is as small as its limit says, and not much smaller', () => {
  const sizes = JSON.parse(run(process.execPath, ['node_modules/size-limit/bin.js', '--json'], root))
  assert.equal(
    sizes.map(({ name }: Check) => name),
    [...specifiers, "the server's host"],
  )
  for (const { name, size, sizeLimit } of sizes) {
    // A limit far above the size would make the README's table wrong.
    assert.ok(size > 0.8 * sizeLimit, `${name}: ${size} bytes, of ${sizeLimit}: lower the limit`)
  }
})

test('an entry without a size limit is an error, and a limit without an entry too', () => {
  const given = {
    name: 'p',
    exports: { '.': { default: './dist/index.js' }, './package.json': './package.json' },
  }
  assert.equal(checksOf(given, { '.': 1 }), [
    { name: 'p', path: './build/minified/index.js', limit: '1 B', gzip: true },
  ])
  assert.throws(() => checksOf(given, {}), /\. has no size limit/)
  assert.throws(() => checksOf(given, { '.': 1, './gone': 1 }), /does not export: \.\/gone/)
})

test('the README states the size limits', () => {
  const readme = read('README.md')
  for (const { name, limit } of checks as Check[]) {
    const what = name.startsWith('threadslots') ? `\`${name}\`` : name
    const row = `| ${what} | ${(Number.parseInt(limit, 10) / 1000).toFixed(1)} kB |`
    assert.ok(readme.includes(`\n${row}`), `${row} is not in the README`)
  }
})

/** What a module of dist/ imports, in whichever way. */
function importsOf(entryPoint: string): string[] {
  const external = [...sharedParts, './server.js', 'node:*']
  const options = {
    bundle: true,
    platform: 'neutral',
    packages: 'external',
    format: 'esm',
    write: false,
    metafile: true,
  } as const
  const { metafile } = buildSync({ ...options, external, absWorkingDir: root, entryPoints: [entryPoint] })
  return Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path))
}

test('the core imports nothing but the server’s host, which imports nothing', () => {
  assert.equal([...new Set(importsOf(core))], ['./server.js'])
  for (const host of hosts) assert.equal(importsOf(host), [], host)
})

test('an adapter imports only the core, the platform and its peers, and contains no part of the core', () => {
  const known = [...sharedParts, ...Object.keys(manifest.peerDependencies ?? {})]
  const ofCore = sourcesOf(core)
  assert.ok(ofCore.includes('src/table/slot-table.ts'))
  for (const adapter of [...adapters, ...programs]) {
    const unknown = importsOf(adapter).filter(path => !known.includes(path) && !path.startsWith('node:'))
    const twice = sourcesOf(adapter).filter(source => ofCore.includes(source))
    assert.equal({ unknown, twice }, { unknown: [], twice: [] }, adapter)
  }
})

test('the package has no dependencies, and its peer dependencies are optional', () => {
  const { dependencies, peerDependencies = {}, peerDependenciesMeta = {} } = manifest
  assert.is(dependencies, undefined)
  for (const name in peerDependencies) assert.equal(peerDependenciesMeta[name], { optional: true }, name)
})

const { files, bytes } = pack(temporaryFolder())
/** The monitor's page is for people who look at it, not for debuggers of their programs. */
const mappedFiles = files.filter(file => /\.(js|d\.ts)$/.test(file) && !file.startsWith('dist/monitor-page/'))
console.log(`${files.length} files in a tarball of ${bytes} bytes`)

test('the tarball contains the modules, their types and their sources; no tests, benchmarks or settings', () => {
  const sources = files.filter(file => file.startsWith('src/'))
  const expected = [
    ...['package.json', 'README.md', 'LICENSE', 'LICENSE-APACHE', 'CHANGELOG.md'],
    ...[...modules, ...hosts, ...programs].flatMap(file => [file, `${file}.map`]),
    ...['index.html', 'page.css', 'page.js'].map(file => `dist/monitor-page/${file}`),
    ...sources.flatMap(source => {
      const types = source.replace('src/', 'dist/').replace(/\.ts$/, '.d.ts')
      return [source, types, `${types}.map`]
    }),
  ]
  assert.equal([...files].sort(), expected.sort())
  assert.ok(sources.every(source => /^src\/[a-z/-]+\.ts$/.test(source)))
  for (const file of modules)
    assert.ok(sources.includes(file.replace('dist/', 'src/').replace(/js$/, 'ts')), file)
})

test('each module and declaration has a source map into the tarball, and LICENSE names all bundled code', () => {
  const license = read('LICENSE')
  for (const file of mappedFiles) {
    assert.match(read(file), new RegExp(`^//# sourceMappingURL=${posix.basename(file)}\\.map\\s*$`, 'm'))
    const sources = sourcesOf(file)
    assert.ok(sources.length > 0, file)
    for (const source of sources) {
      const [, bundled] = source.match(/^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//) ?? []
      const isKnown = bundled === undefined ? files.includes(source) : license.includes(bundled)
      assert.ok(isKnown, `${file} is made of ${source}`)
    }
  }
})

test('source maps lead from each class and function to its definition', () => {
  const found = { '.js': 0, '.ts': 0 }
  for (const file of mappedFiles) {
    const map = new SourceMap(mapOf(file))
    for (const [i, line] of read(file).split('\n').entries()) {
      const name = line.match(/^(?:export declare )?(?:class|function) (\w+)/)?.[1]
      // The bundler appends a number if two modules have the same name.
      if (name === undefined || /\d$/.test(name)) continue
      const { originalSource, originalLine } = map.findEntry(i, line.indexOf(`${name}`)) as {
        originalSource: string
        originalLine: number
      }
      const source = read(posix.join(posix.dirname(file), originalSource)).split('\n')[originalLine]
      assert.match(source ?? '', new RegExp(`\\b(class|function\\*?) ${name}\\b`), `${name} in ${file}`)
      found[posix.extname(file) as '.js' | '.ts']++
    }
  }
  assert.ok(found['.js'] > 30 && found['.ts'] > 30, JSON.stringify(found))
})

test('CI runs on every Node of the matrix', () => {
  const [, majors = ''] = read('.github/workflows/ci.yml').match(/^ +node: \[(.*)\]$/m) ?? []
  assert.equal(
    majors.split(', ').map(major => `node${major}`),
    RUNTIMES.map(({ name }) => name).filter(name => name.startsWith('node')),
  )
})

const testWorkflow = skipOnWindows('the workflow that publishes runs on Linux, in bash')

testWorkflow('a tag that is not the version is not published', () => {
  const [, check = ''] = read('.github/workflows/publish.yml').match(/^ +run: (.*GITHUB_REF_NAME.*)$/m) ?? []
  const statusFor = (tag: string) =>
    runSync('bash', ['-c', check], { cwd: root, env: { ...process.env, GITHUB_REF_NAME: tag } }).exitCode
  assert.equal([`v${manifest.version}`, manifest.version, 'v0.0.0'].map(statusFor), [0, 1, 1])
})

testWorkflow('a version is published as the latest, a prerelease as the next', () => {
  const [, publish = ''] = read('.github/workflows/publish.yml').match(/^ +- run: (npm publish .*)$/m) ?? []
  const argumentsFor = (tag: string) =>
    runSync('bash', ['-c', `npm() { echo "$@"; }; ${publish}`], {
      env: { ...process.env, GITHUB_REF_NAME: tag },
    }).stdout
  assert.match(argumentsFor('v1.0.0'), /^publish .*--tag latest\n$/)
  assert.match(argumentsFor('v1.0.0-rc.1'), /^publish .*--tag next\n$/)
})

test.run()
