// The keys of threadslots/top: what they do, from whom they are not taken, and that signals are signals.
import { PassThrough } from 'node:stream'
import { top } from 'threadslots/top'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { areKeysFree, isInForeground, takeKeys } from '../../src/top/keys.js'
import { withKeyboard } from '../support/keyboard.js'
import { skipOn } from '../support/skip.js'
import { Terminal } from '../support/terminal.js'
import { CROWD_KEYS, CROWD_THREADS, cells, crowd, jobs, withCrowd } from '../support/top-threads.js'

test('keys go to all threads and all columns, and q stops', () =>
  withCrowd(() =>
    withKeyboard(async keyboard => {
      const terminal = new Terminal(80, 20)
      const stop = top(crowd, { stream: terminal })
      assert.ok(keyboard.isRaw)
      assert.not(keyboard.isReferenced)
      const seen = async () => {
        const lines = await terminal.lines()
        const ids = lines.map(line => Number(line.match(/^ +(\d+) /)?.[1])).filter(id => id > 0)
        const [, threads, columns] = lines.at(-1)?.match(/^threads (\S+) of .* columns (\S+) of/) ?? []
        return { first: ids[0], last: ids.at(-1) ?? 0, threads, columns, heading: cells(lines[2])[1] }
      }
      const { last: page } = await seen()
      const end = CROWD_THREADS + 1 - page
      const steps: [keys: string, first: number][] = [
        ['', 1],
        ['\x1b[B', 2],
        ['jj', 4],
        ['\x1b[A', 3],
        ['k', 2],
        ['\x1b[6~', 2 + page],
        ['\x1b[5~', 2],
        ['\x1b[5~', 1],
        ['\x1b[F', end],
        ['\x1b[B', end],
        ['\x1b[6~', end],
        ['\x1b[A', end - 1],
        ['x', end - 1],
        ['\x1b[H', 1],
      ]
      for (const [keys, expected] of steps) {
        await keyboard.press(keys)
        const { first, last, threads } = await seen()
        assert.is(first, expected, JSON.stringify(keys))
        assert.is(threads, `${first}–${last}`)
      }
      const headings: [keys: string, heading: string][] = [
        ['', 'key0'],
        ['\x1b[C', 'key1'],
        ['h', 'key0'],
        ['\x1b[D', 'key0'],
      ]
      for (const [keys, expected] of headings) {
        await keyboard.press(keys)
        assert.is((await seen()).heading, expected, JSON.stringify(keys))
      }
      await keyboard.press('l'.repeat(30))
      const { columns, heading } = await seen()
      // The last ones, as many as fit.
      assert.match(columns ?? '', new RegExp(`^[2-9]–${CROWD_KEYS}$`))
      assert.match(heading ?? '', /^key[1-8]$/)
      await keyboard.press('q')
      assert.not(keyboard.isRaw)
      assert.ok(keyboard.isReferenced)
      for (const event of ['data', 'keypress', 'newListener']) assert.is(keyboard.listenerCount(event), 0)
      const { written } = terminal
      await keyboard.press('jq')
      stop()
      assert.is(terminal.written, written)
    }),
  ))

test('what is pressed with Ctrl is the signal that it would have been, without raw mode', () =>
  withKeyboard(async (keyboard, sent) => {
    const heard: unknown[] = []
    const before = ['SIGINT', 'SIGTERM', 'SIGCONT'].map(signal => process.listenerCount(signal))
    const take = () =>
      takeKeys(keyboard, {
        onKey: name => heard.push(name),
        onSuspend: () => heard.push('suspend', keyboard.isRaw),
        onResume: () => heard.push('resume', keyboard.isRaw),
      })
    take()
    await keyboard.press('a!\x1a')
    assert.equal(heard.splice(0), ['a', '', 'suspend', false])
    assert.equal(sent.splice(0), [0, 'SIGTSTP', false])
    process.emit('SIGCONT', 'SIGCONT')
    assert.equal(heard.splice(0), ['resume', true])
    await keyboard.press('b\x03')
    assert.equal(heard.splice(0), ['b'])
    assert.equal(sent.splice(0), [0, 'SIGINT', false])
    const release = take()
    await keyboard.press('\x1c')
    assert.equal(sent.splice(0), [0, 'SIGQUIT', false])
    const releaseSuspended = take()
    await keyboard.press('\x1a')
    releaseSuspended()
    process.emit('SIGCONT', 'SIGCONT')
    assert.not(keyboard.isRaw)
    assert.equal(heard, ['suspend', false])
    release()
    assert.equal(
      ['SIGINT', 'SIGTERM', 'SIGCONT'].map(signal => process.listenerCount(signal)),
      before,
    )
  }))

test('in the background keys are the terminal’s, which would stop who takes them; in the foreground they come', () =>
  withKeyboard(async keyboard => {
    let resumed = 0
    const listener = { onKey: () => {}, onSuspend: () => {}, onResume: () => resumed++ }
    const signals = ['SIGINT', 'SIGCONT']
    const listeners = () => signals.map(signal => process.listenerCount(signal))
    const before = listeners()
    const isUntouched = () => !keyboard.isRaw && keyboard.listenerCount('data') === 0
    keyboard.isInForeground = false
    const release = takeKeys(keyboard, listener)
    assert.ok(isUntouched())
    process.emit('SIGCONT', 'SIGCONT')
    assert.ok(isUntouched())
    keyboard.isInForeground = true
    process.emit('SIGCONT', 'SIGCONT')
    assert.ok(keyboard.isRaw)
    // In the background once more.
    await keyboard.press('\x1a')
    keyboard.isInForeground = false
    process.emit('SIGCONT', 'SIGCONT')
    assert.ok(isUntouched())
    assert.is(resumed, 3)
    release()
    keyboard.isInForeground = true
    process.emit('SIGCONT', 'SIGCONT')
    assert.ok(isUntouched())
    assert.equal(listeners(), before)
    // What is taken once is not taken twice.
    const releaseTaken = takeKeys(keyboard, listener)
    process.emit('SIGCONT', 'SIGCONT')
    assert.is(keyboard.listenerCount('data'), 1)
    releaseTaken()
    assert.equal(listeners(), before)
  }))

test('ps tells the same of the foreground as Linux does', () =>
  assert.is(isInForeground('/no such file'), isInForeground()))

skipOn({ bun: 'it goes by the PATH that it was started with' })(
  'where nobody tells, it is not in the foreground',
  () => {
    const { PATH } = process.env
    process.env.PATH = ''
    try {
      assert.not(isInForeground('/no such file'))
    } finally {
      process.env.PATH = PATH ?? ''
    }
  },
)

test('a table that was stopped by Ctrl-Z is drawn anew, below what the shell has written', () =>
  withKeyboard(async keyboard => {
    const terminal = new Terminal()
    const stop = top(jobs, { stream: terminal, title: () => 'title' })
    await keyboard.press('\x1a')
    terminal.write('$ fg\n')
    process.emit('SIGCONT', 'SIGCONT')
    stop()
    const lines = await terminal.lines()
    assert.is(lines[0], 'title')
    assert.is(lines[lines.indexOf('$ fg') + 1], 'title')
    assert.is(lines.filter(line => /^ +total/.test(line)).length, 2)
  }))

test('a signal from outside ends raw mode first, and the program only if nobody else listens', () =>
  withKeyboard((keyboard, sent) => {
    const listener = { onKey: () => {}, onSuspend: () => {}, onResume: () => {} }
    assert.is(process.listenerCount('SIGTERM'), 0)
    takeKeys(keyboard, listener)
    assert.ok(keyboard.isRaw)
    process.emit('SIGTERM', 'SIGTERM')
    assert.equal(sent.splice(0), [process.pid, 'SIGTERM', false])
    let heard = 0
    process.once('SIGTERM', () => heard++)
    takeKeys(keyboard, listener)
    process.emit('SIGTERM', 'SIGTERM')
    assert.equal(sent, [])
    assert.is(heard, 1)
    assert.not(keyboard.isRaw)
  }))

test('keys are taken from nobody, and not where they would be of no use', () =>
  withKeyboard(keyboard => {
    const isTaken = (options: object) => {
      const stop = top(jobs, { stream: new Terminal(), ...options })
      const { isRaw } = keyboard
      stop()
      return isRaw
    }
    assert.ok(isTaken({}))
    for (const event of ['data', 'readable', 'keypress']) {
      const listener = () => {}
      keyboard.on(event, listener)
      assert.not(isTaken({}), event)
      assert.ok(isTaken({ keys: true }), event)
      keyboard.off(event, listener)
    }
    assert.ok(isTaken({}))
    keyboard.isRaw = true
    assert.not(areKeysFree(keyboard))
    keyboard.isRaw = false
    assert.not(isTaken({ keys: false }))
    assert.not(isTaken({ keys: true, stream: new PassThrough() }))
    Object.assign(keyboard, { isTTY: false })
    assert.not(isTaken({ keys: true }))
  }))

test.run()
