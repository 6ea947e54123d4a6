// Programs in a project that has only this package, installed from its tarball.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createProject, run, specifiers, write } from './consumers/project.js'

const folder = createProject()

/** Runs a program and parses the JSON that it prints. */
function outcomeOf(file: string): unknown {
  return JSON.parse(run(process.execPath, [file], folder))
}

write(folder, {
  'counts.mjs': `import { threadLocal } from 'threadslots'
    export const local = threadLocal('counts', { n: 'u32' })`,
  'counts.cjs': `const { threadLocal } = require('threadslots')
    exports.local = threadLocal('counts', { n: 'u32' })`,
  'worker.mjs': `import { local } from './counts.mjs'
    local.n += 10`,
  'worker.cjs': `const { local } = require('./counts.cjs')
    local.n += 100`,
})

test('a program imports the package, and its worker requires it', () => {
  write(folder, {
    'main.mjs': `import { Worker } from 'node:worker_threads'
      import { totals } from 'threadslots'
      import { local } from './counts.mjs'
      local.n++
      new Worker(new URL('./worker.cjs', import.meta.url)).on('exit', () => console.log(totals(local).n))`,
  })
  assert.is(outcomeOf('main.mjs'), 101)
})

test('a program requires the package, and its worker imports it', () => {
  write(folder, {
    'main.cjs': `const { Worker } = require('node:worker_threads')
      const { totals } = require('threadslots')
      const { local } = require('./counts.cjs')
      local.n++
      new Worker(__dirname + '/worker.mjs').on('exit', () => console.log(totals(local).n))`,
  })
  assert.is(outcomeOf('main.cjs'), 11)
})

test('import and require() return the same functions, and one name has the same values in both', () => {
  write(folder, {
    'both.mjs': `import { createRequire } from 'node:module'
      import * as imported from 'threadslots'
      import { local } from './counts.mjs'
      const require = createRequire(import.meta.url)
      const required = require('threadslots')
      const other = require('./counts.cjs').local
      local.n += 2
      other.n += 3
      const same = Object.keys(imported).filter(name => imported[name] === required[name])
      console.log(JSON.stringify({
        names: Object.keys(imported).length,
        same: same.length,
        n: [local.n, other.n],
        totals: [imported.totals(other).n, required.totals(local).n],
        threads: imported.perThread(local).length,
      }))`,
  })
  const { names, same, ...counted } = outcomeOf('both.mjs') as { names: number; same: number }
  assert.ok(names > 5)
  assert.is(same, names)
  assert.equal(counted, { n: [5, 5], totals: [5, 5], threads: 1 })
})

for (const specifier of specifiers) {
  test(`${specifier} can be imported and required, and is one module`, () => {
    write(folder, {
      'entry.mjs': `import { createRequire } from 'node:module'
        import * as imported from '${specifier}'
        const required = createRequire(import.meta.url)('${specifier}')
        const names = Object.keys(imported)
        console.log(JSON.stringify(names.filter(name => imported[name] !== required[name])))`,
    })
    assert.equal(outcomeOf('entry.mjs'), [])
  })
}

test('a module that the package doesn’t export can’t be imported', () => {
  write(folder, {
    'inner.mjs': `import('threadslots/dist/index.js').catch(error => console.log(JSON.stringify(error.code)))`,
  })
  assert.match(String(outcomeOf('inner.mjs')), /^ERR_(PACKAGE_PATH_NOT_EXPORTED|MODULE_NOT_FOUND)$/)
})

test.run()
