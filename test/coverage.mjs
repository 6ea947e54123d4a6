// `npm run coverage`: runs the tests under c8, and fails unless they reach all lines, branches and functions
// of src/. It counts both the published bundle and the modules that tests import directly, as src/*.ts, in
// all processes and workers. (Workers that are terminated are not counted: V8 writes a thread's figures only
// when the thread ends by itself.) It prints a table, and coverage/index.html shows the sources. `npm run
// coverage -- table row` runs only the test files named.
//
// No line is excluded by a comment in the source. These modules are excluded here: browser.ts and what it
// alone imports run only in browsers, where `npm run test:browser` tests them; and the modules in host/ have
// branches for Bun, Deno, Windows and contexts of `vm`, which `npm run test:matrix` and module-resets.test.ts
// test. Some things can't be seen:
// - index.ts and the types in other files produce no code, so no figure includes them.
// - V8 does not count a `?.`, or an `else` that isn't written, as a branch, so these figures say nothing
//   about them.
import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const run = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1

// Test files that are left out: they measure time, which coverage distorts; or they run other copies of the
// package or other libraries' pools; or they take long and reach different code each time. The other files
// reach everything.
const LEFT_OUT = [
  ...['consumers', 'consumers-bundlers', 'consumers-typescript', 'package', 'types'],
  ...['thousand-workers', 'mutations', 'crashes', 'operations', 'pairs', 'handovers'],
  // What they run, other files test, too.
  'consumers-prometheus',
  // These test what coverage leaves out, or what other files test, too.
  ...['child-process', 'host', 'late-threads', 'snippets', 'stepping'],
  // Coverage keeps contexts alive, and this file requires that they are collected.
  'module-resets',
]
const files = ['unit', 'protocol', 'integration']
  .flatMap(folder => readdirSync(join(root, 'test', folder)).map(file => `test/${folder}/${file}`))
  .filter(file => /\/(?!pools-)[^/]*\.test\.ts$/.test(file) && !LEFT_OUT.includes(file.split(/[/.]/)[2]))
const named = process.argv.slice(2)

const c8 = [
  join(root, 'node_modules/c8/bin/c8.js'),
  // Only source maps tell which code comes from src/. Their paths are URLs, hence the stars.
  '--exclude-after-remap',
  '--include=**/src/**/*.ts',
  '--exclude=**/src/browser.ts',
  // What depends on the runtime.
  ...['current', 'late-threads', 'main-realm', 'server'].map(name => `--exclude=**/src/host/${name}.ts`),
  ...['host', 'membership', 'supervision', 'web-locks'].map(name => `--exclude=**/src/browser/${name}.ts`),
  // Thousands of processes and workers write a file each, too much to hold in memory at once.
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
