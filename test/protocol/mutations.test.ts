// Do the protocol's tests bite? Faults are planted in it, one at a time, in a copy of the library; its tests must fail.
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Mutation, mutations } from './harness/mutations.js'

const root = join(import.meta.dirname, '../../..')
const folder = join(root, 'build/mutations')
/** The tests, by what they plan for the actor. Pairs of operations take longer, and are not needed here. */
const TESTS = { crash: 'protocol/crashes.test.js', others: 'protocol/operations.test.js' }
/** So many run at once, as the runner of the tests does with files. */
const AT_ONCE = 2
const LIMIT_SECONDS = 60

/** A copy of the library as it was built, with one file made anew from its changed source, and its protocol's tests. */
function plant(name: string, mutation?: Mutation): string {
  const place = join(folder, name.replaceAll(' ', '-'))
  mkdirSync(place, { recursive: true })
  cpSync(join(root, 'build/src'), join(place, 'src'), { recursive: true })
  const isProtocols = (path: string) =>
    /test$|test\/protocol|test\/support$|support\/(bytes|random|variables|errors|helpers)\./.test(path) &&
    !path.endsWith('.map')
  cpSync(join(root, 'build/test'), join(place, 'test'), { recursive: true, filter: isProtocols })
  if (mutation) {
    const { file, edits } = mutation
    let source = readFileSync(join(root, 'src', `${file}.ts`), 'utf8')
    for (const [text, becomes] of edits) {
      assert.is(source.split(text).length, 2, `${name}: '${text}' is not in ${file}.ts, or more than once`)
      source = source.replace(text, () => becomes)
    }
    const { code } = transformSync(source, { loader: 'ts', format: 'esm', target: 'es2022' })
    writeFileSync(join(place, 'src', `${file}.js`), code)
  }
  return place
}

interface Verdict {
  /** What failed; undefined if all passed. */
  readonly failure: string | undefined
  readonly seconds: number
}

/** Runs the tests of a copy, up to the first that fails. */
async function judge(name: string, mutation?: Mutation): Promise<Verdict> {
  const place = plant(name, mutation)
  const started = performance.now()
  for (const file of mutation ? [TESTS[mutation.foundBy]] : Object.values(TESTS)) {
    const { code, output } = await new Promise<{ code: number | null; output: string }>(resolve => {
      const child = spawn(process.execPath, [join(place, 'test', file)], {
        env: { ...process.env, STOP_AT_FIRST: '1', NO_COLOR: '1' },
        timeout: LIMIT_SECONDS * 1000,
        killSignal: 'SIGKILL',
      })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text
        })
      }
      child.on('close', code => resolve({ code, output }))
    })
    const seconds = (performance.now() - started) / 1000
    // A number: it ended by itself, and was not stopped for taking too long.
    assert.is(typeof code, 'number', `${name}: ${file} took too long`)
    if (code !== 0) return { failure: output.match(/^(?:found|error): .*/im)?.[0] ?? output, seconds }
  }
  return { failure: undefined, seconds: (performance.now() - started) / 1000 }
}

rmSync(folder, { recursive: true, force: true })

const names = [undefined, ...Object.keys(mutations)]
const waiting = [...names]
const verdicts = new Map<string | undefined, Verdict | Error>()
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    while (waiting.length) {
      const name = waiting.shift()
      const verdict = await judge(name ?? 'none', name === undefined ? undefined : mutations[name]).catch(
        (error: Error) => error,
      )
      verdicts.set(name, verdict)
    }
  }),
)
rmSync(folder, { recursive: true, force: true })

for (const name of names) {
  test(name === undefined ? 'a copy without a fault passes' : `it is found if ${name}`, () => {
    const verdict = verdicts.get(name)
    if (verdict === undefined || verdict instanceof Error) throw verdict
    if (name === undefined) return assert.is(verdict.failure, undefined)
    assert.ok(verdict.failure, 'no test failed')
    // A word of the tests, and no other end of the process.
    assert.match(verdict.failure, /^(found|error): /i)
    console.log(`${name} (${verdict.seconds.toFixed(1)} s)\n  ${verdict.failure}`)
  })
}

test.run()
