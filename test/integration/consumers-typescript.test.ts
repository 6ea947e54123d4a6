// The published types, compiled in strict projects that also check libraries and don't have Node's types.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { root } from '../../tools/repository.js'
import { createProject, manifest, run, specifiers, write } from './consumers/project.js'

const COMPILERS = ['typescript-5.7', 'typescript']
const MODULES = { nodenext: 'nodenext', bundler: 'preserve' }
type Resolution = keyof typeof MODULES

/** A project that imports every entry, and has their peers. */
const entries = createProject()
const imports = (before = '') =>
  specifiers
    .map((specifier, i) => `${before}import * as entry${i} from '${specifier}'\nexport { entry${i} }\n`)
    .join('')
write(entries, { 'main.ts': imports() })

/** A project with the expectations of unit/types.test.ts, and the libraries that these import. */
const expectations = readFileSync(join(root, 'test/unit/types.ts'), 'utf8')
const needed = [...expectations.matchAll(/ from '([^'.][^']*)'/g)].map(([, from = '']) => from)
const types = createProject(needed.filter(from => !from.startsWith(manifest.name)))
write(types, { 'main.ts': expectations })

/** A project for a page, which uses both names of the package: they must declare the same types. */
const page = createProject()
const pageSource = `
import * as core from 'threadslots'
import { type ThreadLocal, SlotTable, supervise, whenSupervised, threadLocal, setDefaultTable } from 'threadslots/browser'

const table: core.SlotTable = SlotTable.create({ shared: false })
setDefaultTable(table)
export const local: ThreadLocal<{ readonly n: 'u32' }> = threadLocal('page', { n: 'u32' })
export const n: number = core.totals(local).n
export const stop: () => void = supervise(table)
export const isSupervised: Promise<void> = whenSupervised(table)
`

/** Compiles a project, which must have no error. Returns the list of files that the compiler has read. */
function compile(
  folder: string,
  compiler: string,
  moduleResolution: Resolution,
  options: { readonly customConditions?: readonly string[] } = {},
  file = 'main.ts',
): string {
  write(folder, {
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        lib: ['es2022', 'dom'],
        types: [],
        module: MODULES[moduleResolution],
        moduleResolution,
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noPropertyAccessFromIndexSignature: true,
        skipLibCheck: false,
        noEmit: true,
        ...options,
      },
      files: [file],
    }),
  })
  const tsc = join(root, 'node_modules', compiler, 'bin/tsc')
  return run(process.execPath, [tsc, '-p', folder, '--pretty', 'false', '--listFiles'], folder)
}

for (const compiler of COMPILERS) {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', compiler, 'package.json'), 'utf8'))
  for (const moduleResolution of ['nodenext', 'bundler'] as const) {
    test(`TypeScript ${version} finds no error in any entry, with ${moduleResolution}`, () => {
      const read = compile(entries, compiler, moduleResolution)
      assert.match(read, /node_modules\/threadslots\/dist\/index\.d\.ts/)
      // The package contains its sources for debuggers and editors. Compilers must not read them.
      assert.not.match(read, /node_modules\/threadslots\/src\//)
    })
  }
  const canRequire = !version.startsWith('5.7.')
  test(`TypeScript ${version} lets CommonJS ${canRequire ? '' : 'not '}require the entries, with nodenext`, () => {
    // TS1479: a CommonJS module can't require an ES module.
    write(entries, { 'main.cts': imports(canRequire ? '' : '// @ts-expect-error\n') })
    compile(entries, compiler, 'nodenext', {}, 'main.cts')
  })
  test(`TypeScript ${version} finds one declaration by both names, with the condition browser or without it`, () => {
    const supervise = 'export const again: () => void = core.supervise(table)\n'
    for (const customConditions of [[], ['browser']]) {
      const expected = customConditions.length > 0 ? '' : '// @ts-expect-error: not declared there\n'
      write(page, { 'main.ts': pageSource + expected + supervise })
      const read = compile(page, compiler, 'bundler', { customConditions })
      assert.match(read, /node_modules\/threadslots\/dist\/browser\.d\.ts/)
    }
  })
  test(`TypeScript ${version} infers what this project expects`, () => {
    assert.match(compile(types, compiler, 'nodenext'), /node_modules\/threadslots\/dist\/index\.d\.ts/)
  })
}

test.run()
