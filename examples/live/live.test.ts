import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Completion, runSync } from '../../tools/child-process.js'
import { type Claims, claim, doJob, makeClaims, takeOver, unfinishedJobOf } from './claims.js'
import { countFile } from './count-file.js'
import { local } from './counters.js'
import { difference, sumsOf, type Tally } from './tally.js'

const MAIN = join(import.meta.dirname, 'main.js')
const FIGURES = ['files', 'bytes', 'lines', 'words', 'longest line']

const temporary = mkdtempSync(join(tmpdir(), 'threadslots-live-'))
test.after(() => rmSync(temporary, { recursive: true }))

/** Makes a folder with these files. */
function folderOf(name: string, files: Record<string, string | Uint8Array>): string {
  const folder = join(temporary, name)
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(folder, file, '..'), { recursive: true })
    writeFileSync(join(folder, file), content)
  }
  return folder
}

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')

const run = (...args: string[]): Completion => runSync(process.execPath, [MAIN, ...args])

/** Reads the final table, and asserts that all figures are equal. Returns the figures by label. */
function verified(stdout: string): Map<string, number> {
  const rows = new Map<string, number>()
  for (const [, label = '', counted, recounted, verdict] of stdout.matchAll(
    /^ *(\S[^\n]*?) {2,}([\d,]+) {2,}([\d,]+) {2}(equal|DIFFERENT)/gm,
  )) {
    assert.is(counted, recounted, `${label}\n${stdout}`)
    assert.is(verdict, 'equal')
    rows.set(label, Number(counted?.replaceAll(',', '')))
  }
  for (const figure of FIGURES) assert.ok(rows.has(figure), `no ${figure} in:\n${stdout}`)
  assert.match(stdout, /^all figures are equal$/m)
  assert.match(stdout, /^no total ever decreased in [\d,]+ readings$/m)
  return rows
}

const known = folderOf('known', {
  'two lines.txt': 'one two\nthree\n',
  'below/no newline': 'alpha',
  'below/further/empty': '',
  'crlf.txt': 'x y\r\n\r\n',
  'not utf-8': latin1('\xc4\xe4 \xa0\n'),
  'only space': '\n\n  \t\n',
  binary: 'words, and\0 a NUL\n',
})
symlinkSync('two lines.txt', join(known, 'link'))

const KNOWN = { files: 6, bytes: 37, lines: 9, words: 8, 'longest line': 7, 0: 2, 1: 1, '2–3': 1, '4–7': 5 }

for (const threads of ['1', '3']) {
  test(`the figures of known files are right with ${threads} threads`, () => {
    const { exitCode, stdout, stderr } = run(known, '--threads', threads)
    assert.is(stderr, '')
    assert.is(exitCode, 0)
    assert.equal(Object.fromEntries(verified(stdout)), KNOWN)
    assert.match(stdout, /6 text files, 0\.0 MB; skipped: 1 binary/)
    assert.match(stdout, /^ *100 % /m)
    assert.not(stdout.includes('\x1b'))
  })
}

test('each pass counts everything once', () => {
  const rows = verified(run(known, '--passes', '100').stdout)
  for (const [label, once] of Object.entries(KNOWN)) {
    assert.is(rows.get(label), label === 'longest line' ? once : 100 * once)
  }
})

// Lehmer's generator, with a fixed seed: each run has the same files.
let seed = 20_251
const random = (limit: number) => {
  seed = (seed * 48_271) % 2_147_483_647
  return seed % limit
}
const someText = (bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, () => {
    const kind = random(40)
    return kind === 0 ? 10 : kind < 6 ? 32 : kind === 6 ? 1 + random(255) : 97 + random(26)
  })

const largeFiles: Record<string, Uint8Array> = {
  empty: new Uint8Array(0),
  'one line': latin1('word '.repeat(200_000)),
  'no line end': latin1('line\r\n'.repeat(50_000).slice(0, -2)),
  newlines: new Uint8Array(300_000).fill(10),
}
for (let i = 0; i < 60; i++) largeFiles[`${i % 7}/${i}`] = someText(random(i % 10 === 0 ? 400_000 : 20_000))
const large = folderOf('large', largeFiles)
const largeBytes = Object.values(largeFiles).reduce((sum, { length }) => sum + length, 0)

for (const threads of ['1', '3']) {
  test(`the figures of large and unusual files are right with ${threads} threads`, () => {
    const rows = verified(run(large, '--threads', threads).stdout)
    assert.is(rows.get('files'), Object.keys(largeFiles).length)
    assert.is(rows.get('bytes'), largeBytes)
    assert.is(rows.get('longest line'), 1_000_000)
  })
}

test('the figures are exact even if a thread is terminated in the middle of its work', () => {
  let crashes = 0
  for (const threads of ['1', '2', '2', '3', '4']) {
    const { exitCode, stdout, stderr } = run(large, '--threads', threads, '--passes', '30', '--crash')
    assert.is(stderr, '')
    assert.is(exitCode, 0)
    assert.is(verified(stdout).get('bytes'), 30 * largeBytes)
    // On a very busy machine, the count may be done before the main thread reads it.
    if (/^no thread was terminated, because/m.test(stdout)) continue
    crashes++
    assert.match(stdout, /^thread \d+ was terminated .*; thread \d+ took over$/m)
    assert.match(stdout, /^retired with thread \d+ and still in every total: (?!0 )[\d,]+ files, /m)
  }
  assert.ok(crashes > 0, 'no run had a crash')
})

test('--crash with a folder that is too small says that no thread was terminated', () => {
  const { exitCode, stdout } = run(known, '--crash')
  assert.is(exitCode, 0)
  verified(stdout)
  assert.match(stdout, /^(no thread was terminated, because|thread \d+ was terminated )/m)
})

/** Thrown in place of a termination. */
class Terminated extends Error {}

/**
 * Calls `work` with this thread's slots. The k-th store to them, or to shared memory, throws `Terminated`
 * instead.
 */
function dieAtStore(k: number, work: (slots: typeof local) => void): void {
  let stores = 0
  const step = () => {
    if (stores++ === k) throw new Terminated()
  }
  const handler: ProxyHandler<object> = {
    get(target, property) {
      const value = Reflect.get(target, property)
      if (ArrayBuffer.isView(value)) return new Proxy(value, handler)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        if (property === 'set') step()
        return value.apply(target, args)
      }
    },
    set(target, property, value) {
      step()
      return Reflect.set(target, property, value)
    },
  }
  const { store } = Atomics
  Object.assign(Atomics, {
    store(...args: Parameters<typeof store>) {
      step()
      return store(...args)
    },
  })
  try {
    work(new Proxy(local, handler) as typeof local)
  } finally {
    Object.assign(Atomics, { store })
  }
}

/**
 * Does one job, starts a second one with `second`, which may throw `Terminated`, and then finishes the second
 * job as a successor. Asserts that the figures are those of two jobs. Returns whether `second` threw.
 */
function dieIn(second: (claims: Claims, count: (tally: Tally) => void) => void): boolean {
  const count = (tally: Tally) => countFile(join(known, 'two lines.txt'), tally)
  // This thread's values, in the form in which onThreadExit gives a dead thread's.
  const values = () => ({ ...local, lengths: local.lengths.slice(), base: local.base.slice() })
  const threadId = 7
  const claims = makeClaims(2)
  let isDead = false
  const atFirst = sumsOf(local)
  assert.is(claim(claims, 0, threadId), 0)
  doJob(claims, 0, local, count)
  const whole = difference(sumsOf(local), atFirst)
  assert.is(claim(claims, 0, threadId), 1)
  try {
    second(claims, count)
  } catch (error) {
    if (!(error instanceof Terminated)) throw error
    isDead = true
  }
  const atDeath = sumsOf(local)
  const takeover = unfinishedJobOf(claims, threadId, values())
  if (takeover) takeOver(claims, takeover, local, count)
  const atEnd = sumsOf(local)
  assert.equal(
    difference(atEnd, atFirst),
    whole.map(sum => 2 * sum),
  )
  assert.ok(atEnd.every((sum, i) => sum >= (atDeath[i] as number)))
  assert.is(unfinishedJobOf(claims, threadId, values()), undefined)
  return isDead
}

test('wherever a thread is terminated, its successor finds what is left of its file', () => {
  dieIn(() => {})
  dieIn(() => local.base.fill(-1, 0, 10))
  let deaths = 0
  while (
    dieIn((claims, count) => dieAtStore(deaths, slots => doJob(claims, 1, slots, tally => count(tally))))
  ) {
    deaths++
  }
  // The stores: base and job; three words; length and number of two lines; all bytes and the file; DONE.
  assert.is(deaths, 2 + 3 + 4 + 2 + 1)
})

test('--monitor lets others watch, and says where', () => {
  const { exitCode, stdout, stderr } = run(known, '--threads', '1', '--monitor', '0')
  assert.is(stderr, '')
  assert.is(exitCode, 0)
  const [, port, same] =
    stdout.match(/^monitor: http:\/\/127\.0\.0\.1:(\d+)\/ in a browser, or npx threadslots top (\d+)$/m) ?? []
  assert.ok(Number(port) > 0, stdout)
  assert.is(same, port)
})

test('wrong arguments are refused in one line, followed by the usage', () => {
  const file = join(known, 'two lines.txt')
  const cases: [args: string[], message: RegExp][] = [
    [['--sing'], /^unknown option --sing; use one of --threads, --passes, --crash, --monitor, --help$/],
    [['-t'], /^unknown option -t; /],
    [[join(known, 'nowhere')], /^folder '.*nowhere' does not exist$/],
    [[file], /^'.*two lines\.txt' is not a folder$/],
    [[known, large], /^one folder at most, got 2: /],
    [['--threads'], /^--threads takes a whole number from 1 to 250, got nothing$/],
    [['--threads', '0'], /^--threads takes a whole number from 1 to 250, got '0'$/],
    [['--threads', '251'], /, got '251'$/],
    [['--threads', '1.5'], /, got '1\.5'$/],
    [['--threads', '-1'], /, got '-1'$/],
    [['--threads', 'all'], /, got 'all'$/],
    [['--passes', '1001'], /^--passes takes a whole number from 1 to 1000, got '1001'$/],
    [['--crash=now'], /^--crash takes no value, got 'now'$/],
  ]
  for (const [args, message] of cases) {
    const { exitCode, stdout, stderr } = run(...args)
    const [first = '', second = '', ...rest] = stderr.split('\n')
    assert.is(exitCode, 2, args.join(' '))
    assert.is(stdout, '')
    assert.match(first, message)
    assert.match(second, /^usage: npm start -- \[folder\]/)
    assert.equal(rest, [''])
  }
})

test('--help explains every option', () => {
  const { exitCode, stdout, stderr } = run('--help')
  assert.is(exitCode, 0)
  assert.is(stderr, '')
  for (const option of ['--threads', '--passes', '--crash', '--monitor', '--help']) {
    assert.match(stdout, new RegExp(`^  ${option} `, 'm'))
  }
})

test('a folder without text files has nothing to count', () => {
  const { exitCode, stdout } = run(folderOf('binaries', { 'one/a': '\0', b: 'b\0' }))
  assert.is(exitCode, 0)
  assert.match(stdout, /: 0 text files, 0\.0 MB; skipped: 2 binary\nnothing to count\n$/)
})

test.run()
