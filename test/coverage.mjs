// Runs the suite under c8, and fails unless all lines, branches and functions of src/ are reached: in the bundle that is
// published and in the modules that tests import by themselves, both counted as src/*.ts, in all processes and workers.
// (A worker that is terminated is not counted: V8 writes its figures when a thread ends by itself.) Prints a table;
// coverage/index.html shows the sources. `npm run coverage -- table row` takes these test files alone.
//
// No line is left out by a comment in the source, and these files here: browser.ts and what it alone imports run in
// browsers alone, and are tested there, by `npm run test:browser`. What needs help, or can't be seen:
// - host.ts has ways for browsers, which Node does not go by itself: test/workers/browser.ts takes `process` away, or
//   puts a bundler's in its place, and imports the bundle then.
// - index.ts and the types in other files are no code, so they are in no figure.
// - To V8 a `?.` is no branch, nor is an `else` that is not written: these figures say nothing of them.
import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const run = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1

// Not these: they measure time, which goes by otherwise here; or they run other copies of the package, or other libraries'
// pools; or they take long, and what they reach is not the same each time. The others reach all of it.
const LEFT_OUT = [
  ...['consumers', 'consumers-bundlers', 'consumers-typescript', 'package', 'types'],
  ...['chaos', 'thousand-workers', 'hostile', 'model', 'mutations', 'pairs', 'handovers'],
]
const files = ['unit', 'protocol', 'integration']
  .flatMap(folder => readdirSync(join(root, 'test', folder)).map(file => `test/${folder}/${file}`))
  .filter(file => /\/(?!pools-)[^/]*\.test\.ts$/.test(file) && !LEFT_OUT.includes(file.split(/[/.]/)[2]))
const named = process.argv.slice(2)

const c8 = [
  join(root, 'node_modules/c8/bin/c8.js'),
  // What is of src/ is known behind the source maps only. There it has a URL, hence the stars.
  '--exclude-after-remap',
  '--include=**/src/**/*.ts',
  '--exclude=**/src/browser.ts',
  ...['host', 'membership', 'supervision', 'web-locks'].map(name => `--exclude=**/src/browser/${name}.ts`),
  // Some thousand processes and workers leave a file each: too much to be in memory at once.
  '--merge-async',
  '--reporter=text',
  '--reporter=html',
  '--check-coverage',
  ...['lines', 'branches', 'functions', 'statements'].map(what => `--${what}=100`),
]

let status = run('build.mjs', '--quiet')
if (status === 0) {
  const tests = named.length > 0 ? named : files.map(file => file.replace(/ts$/, 'js'))
  status = run(...c8, process.execPath, 'build/test/run.js', ...tests)
  rmSync(join(root, 'coverage/tmp'), { recursive: true, force: true })
}
process.exitCode = status
