// The keyboard of threadslots/top: what each key does, when the keyboard is left alone, and that signals
// still work.
import { PassThrough } from 'node:stream'
import { top } from 'threadslots/top'
import * as assert from 'uvu/assert'
import { captureKeyboard, isInForeground, isKeyboardAvailable } from '../../src/top/keyboard.js'
import { skipOn, skipOnWindows } from '../../tools/testing/skip.js'
import { withKeyboard } from '../support/keyboard.js'
import { Terminal } from '../support/terminal.js'
import { cells, jobs, KEY_COUNT, manyKeys, THREAD_COUNT, withManyThreads } from '../support/top-threads.js'

const test = skipOnWindows('the keyboard is left alone there, since signals can’t be sent on')

test('keys scroll to all threads and all columns, and q stops the table', () =>
  withManyThreads(() =>
    withKeyboard(async keyboard => {
      const terminal = new Terminal(80, 20)
      const stop = top(manyKeys, { stream: terminal })
      assert.ok(keyboard.isRaw)
      assert.not(keyboard.isReferenced)
      const seen = async () => {
        const lines = await terminal.lines()
        const ids = lines.map(line => Number(line.match(/^ +(\d+) /)?.[1])).filter(id => id > 0)
        const [, threads, columns] = lines.at(-1)?.match(/^threads (\S+) of .* columns (\S+) of/) ?? []
        return { first: ids[0], last: ids.at(-1) ?? 0, threads, columns, heading: cells(lines[2])[1] }
      }
      const { last: page } = await seen()
      const end = THREAD_COUNT + 1 - page
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
      // The last columns, as many as fit.
      assert.match(columns ?? '', new RegExp(`^[2-9]–${KEY_COUNT}$`))
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

test('Ctrl-C, Ctrl-Z and Ctrl-\\ send the signals that they stand for outside raw mode', () =>
  withKeyboard(async (keyboard, sent) => {
    const heard: unknown[] = []
    const before = ['SIGINT', 'SIGTERM', 'SIGCONT'].map(signal => process.listenerCount(signal))
    const take = () =>
      captureKeyboard(keyboard, {
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

test('the keyboard is left alone in the background, and captured in the foreground', () =>
  withKeyboard(async keyboard => {
    let resumed = 0
    const listener = { onKey: () => {}, onSuspend: () => {}, onResume: () => resumed++ }
    const signals = ['SIGINT', 'SIGCONT']
    const listeners = () => signals.map(signal => process.listenerCount(signal))
    const before = listeners()
    const isUntouched = () => !keyboard.isRaw && keyboard.listenerCount('data') === 0
    keyboard.isInForeground = false
    const release = captureKeyboard(keyboard, listener)
    assert.ok(isUntouched())
    process.emit('SIGCONT', 'SIGCONT')
    assert.ok(isUntouched())
    keyboard.isInForeground = true
    process.emit('SIGCONT', 'SIGCONT')
    assert.ok(keyboard.isRaw)
    // Back in the background.
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
    // A keyboard that is captured already isn't captured again.
    const releaseTaken = captureKeyboard(keyboard, listener)
    process.emit('SIGCONT', 'SIGCONT')
    assert.is(keyboard.listenerCount('data'), 1)
    releaseTaken()
    assert.equal(listeners(), before)
  }))

test('ps and Linux’s file agree about the foreground', () =>
  assert.is(isInForeground('/no such file'), isInForeground()))

skipOn({ bun: 'it looks commands up in the PATH that it was started with' })(
  'a process that can’t find out is not in the foreground',
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

test('after Ctrl-Z, the table is drawn again, below what the shell has written', () =>
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

test('a signal from outside ends raw mode, and then the program if nobody else listens', () =>
  withKeyboard((keyboard, sent) => {
    const listener = { onKey: () => {}, onSuspend: () => {}, onResume: () => {} }
    assert.is(process.listenerCount('SIGTERM'), 0)
    captureKeyboard(keyboard, listener)
    assert.ok(keyboard.isRaw)
    process.emit('SIGTERM', 'SIGTERM')
    assert.equal(sent.splice(0), [process.pid, 'SIGTERM', false])
    let heard = 0
    process.once('SIGTERM', () => heard++)
    captureKeyboard(keyboard, listener)
    process.emit('SIGTERM', 'SIGTERM')
    assert.equal(sent, [])
    assert.is(heard, 1)
    assert.not(keyboard.isRaw)
  }))

test('a terminal that is gone lets go of the keyboard, and of the signals', () =>
  withKeyboard((keyboard, sent) => {
    const listener = { onKey: () => {}, onSuspend: () => {}, onResume: () => {} }
    const { setRawMode } = keyboard
    const errors = () => keyboard.listenerCount('error')
    const before = errors()
    captureKeyboard(keyboard, listener)
    keyboard.setRawMode = function (isRaw) {
      this.emit('error', new Error('setRawMode EIO'))
      return setRawMode.call(this, isRaw)
    }
    process.emit('SIGHUP', 'SIGHUP')
    assert.equal(sent, [process.pid, 'SIGHUP', false])
    assert.is(errors(), before)
    keyboard.setRawMode = setRawMode
    captureKeyboard(keyboard, listener)
    keyboard.emit('error', new Error('read EIO'))
    assert.not(keyboard.isRaw)
    assert.is(errors(), before)
    assert.is(process.listenerCount('SIGHUP'), 0)
  }))

test('the keyboard is not captured if somebody else reads it, or no terminal shows the table', () =>
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
    assert.not(isKeyboardAvailable(keyboard))
    keyboard.isRaw = false
    assert.not(isTaken({ keys: false }))
    assert.not(isTaken({ keys: true, stream: new PassThrough() }))
    Object.assign(keyboard, { isTTY: false })
    assert.not(isTaken({ keys: true }))
  }))

test.run()
