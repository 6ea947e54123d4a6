// The published types in strict projects without Node's types, in which libraries are checked too.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createProject, manifest, root, run, specifiers, write } from './consumers/project.js'

const COMPILERS = ['typescript-5.7', 'typescript']
const MODULES = { nodenext: 'nodenext', bundler: 'preserve' }
type Resolution = keyof typeof MODULES

/** Each entry, where its peers are installed. */
const entries = createProject()
const imports = (before = '') =>
  specifiers
    .map((specifier, i) => `${before}import * as entry${i} from '${specifier}'\nexport { entry${i} }\n`)
    .join('')
write(entries, { 'main.ts': imports() })

/** What types.test.ts expects, of the package; with what it tries that on. */
const expectations = readFileSync(join(root, 'test/unit/types.ts'), 'utf8')
const needed = [...expectations.matchAll(/ from '([^'.][^']*)'/g)].map(([, from = '']) => from)
const types = createProject(needed.filter(from => !from.startsWith(manifest.name)))
write(types, { 'main.ts': expectations })

/** A page's program. What both names of the package declare is the same. */
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

/** The files that are read. There must be no error in them. */
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
  const args = ['-p', folder, '--pretty', 'false']
  run(process.execPath, [tsc, ...args], folder)
  return run(process.execPath, [tsc, ...args, '--listFilesOnly'], folder)
}

for (const compiler of COMPILERS) {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', compiler, 'package.json'), 'utf8'))
  for (const moduleResolution of ['nodenext', 'bundler'] as const) {
    test(`TypeScript ${version} finds no error in any entry, with ${moduleResolution}`, () => {
      const read = compile(entries, compiler, moduleResolution)
      assert.match(read, /node_modules\/threadslots\/dist\/index\.d\.ts/)
      // Sources come with the package for debuggers and editors. No program is made of them.
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
