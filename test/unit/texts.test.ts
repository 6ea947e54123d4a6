// `text`: a string that one thread assigns and all threads read, whole or not at all.
import { perThread, type Row, SlotTable, setDefaultTable, threadLocal, totals } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { asThread } from '../support/as-thread.js'
import { rememberBytes, throws } from '../support/assertions.js'

const create = () => SlotTable.create({ maxThreads: 4, rowBytes: 512, maxKeys: 8, threadId: 1 })
const localOf = (row: Row, length = 8): { file: string } => row.locals({ file: { type: 'text', length } })

test('a text is read back by its accessor, its handle and other threads', () => {
  const table = create()
  const row = table.attach()
  const key = table.key('file', { type: 'text', length: 8 })
  const [local, slot] = [localOf(row), row.slot(key)]
  assert.is(slot.value, '')
  for (const text of ['a', 'a.ts', '', '12345678', 'é😀', '\0', 'a\0b', '\ufeffb', 'x', '漢字']) {
    local.file = text
    assert.is(local.file, text)
    assert.is(slot.value, text)
    assert.equal(asThread(table, 2).perThread(key), [{ threadId: 1, value: text }])
    slot.value = `${text}`.slice(0, 1)
    assert.is(local.file, `${text}`.slice(0, 1))
  }
  assert.equal(asThread(table, 2).snapshot().threads, [{ threadId: 1, values: { file: '漢' } }])
})

test('nothing of a longer text remains after a shorter one', () => {
  const local = localOf(create().attach())
  for (const text of ['12345678', 'abc', '12345678', '', 'é', 'xyz']) {
    local.file = text
    assert.is(local.file, text)
  }
})

test('a text that is too long is cut between two code points, whatever these take', () => {
  for (const character of ['x', 'é', '€', '😀']) {
    const bytes = new TextEncoder().encode(character).length
    for (let length = 1; length <= 13; length++) {
      const table = create()
      const local = localOf(table.attach(), length)
      const fits = Math.floor(length / bytes)
      for (const count of [fits, fits + 1, 20]) {
        local.file = character.repeat(count)
        assert.is(local.file, character.repeat(fits), `${count} × ${character} in ${length} bytes`)
      }
      if (length > bytes) continue
      local.file = `x${character}`
      assert.is(local.file, length >= 1 + bytes ? `x${character}` : 'x')
    }
  }
})

test('lone surrogates become replacement characters, as in any UTF-8', () => {
  const local = localOf(create().attach())
  for (const [written, read] of [
    ['\ud800', '\ufffd'],
    ['a\udc00b', 'a\ufffdb'],
    ['\ude00\ud83d', '\ufffd\ufffd'],
    ['1234567\ud83d', '1234567'],
  ] as const) {
    local.file = written
    assert.is(local.file, read)
  }
})

test('anything but a string is a TypeError that names the key, and the text stays', () => {
  const table = create()
  const row = table.attach()
  const local = localOf(row)
  for (const value of [undefined, null, 5, 5n, {}, [], new String('a'), Symbol('a')]) {
    throws(() => (local.file = value as never), TypeError, /the value of 'file' is/)
    assert.equal(table.snapshot().threads, [], 'a refused assignment is no use of the key')
  }
  local.file = 'kept'
  const slot = row.slot(table.key('file', { type: 'text', length: 8 }))
  const assertUnchanged = rememberBytes(table.buffer)
  throws(() => (local.file = 5 as never), TypeError, /'file'/)
  throws(() => (slot.value = undefined as never), TypeError, /'file'/)
  assertUnchanged()
})

test('a text counts as used once it is assigned, and not when it is read', () => {
  const table = create()
  const local = localOf(table.attach())
  assert.is(local.file, '')
  assert.equal(table.snapshot().threads, [])
  local.file = ''
  assert.equal(table.snapshot().threads, [{ threadId: 1, values: { file: '' } }])
})

test('a handle’s reset empties the text', () => {
  const table = create()
  const slot = table.attach().slot(table.key('file', { type: 'text', length: 8 }))
  slot.value = 'a.ts'
  slot.reset()
  assert.is(slot.value, '')
})

test('the next owner of a row starts from the empty text, and a dead thread’s text is gone', () => {
  const table = create()
  const key = table.key('file', { type: 'text', length: 8 })
  asThread(table, 2).attach().slot(key).value = 'of 2'
  table.release(2)
  assert.equal(table.perThread(key), [])
  const { retired, totals } = table.snapshot()
  assert.equal([retired, totals], [{}, {}])
  const row = asThread(table, 3).attach()
  assert.is(localOf(row).file, '')
  assert.equal(table.perThread(key), [])
})

test('texts don’t fold, need a length, and take neither init nor another fold', () => {
  const table = create()
  const key = table.key('file', { type: 'text', length: 8 })
  assert.is(key.fold, 'none')
  throws(() => table.fold(key), TypeError, /the fold of 'file' is 'none'; use perThread/)
  throws(() => table.key('bad', 'text' as never), TypeError, /the length of 'bad' is undefined/)
  throws(() => table.key('bad', { type: 'text', length: 0 }), RangeError, /the length of 'bad' is 0/)
  throws(
    () => table.key('bad', { type: 'text', length: 8, fold: 'max' } as never),
    TypeError,
    /'max'; use none/,
  )
  throws(() => table.key('bad', { type: 'text', length: 8, init: 'a' } as never), TypeError, /init/)
  throws(() => table.key('file', { type: 'text', length: 9 }), TypeError, /'file' is already defined/)
  throws(() => table.key('large', { type: 'text', length: 500 }), RangeError, /create a larger table/)
})

test('texts leave their neighbours alone', () => {
  const table = create()
  const row = table.attach()
  for (const length of [1, 3, 4, 5, 64]) {
    const names = [`before ${length}`, `file ${length}`, `after ${length}`]
    if (table.keys().length + 3 > 8) break
    const [before, file, after] = names as [string, string, string]
    const local = row.locals({
      [before]: { type: 'u32', fold: 'none' },
      [file]: { type: 'text', length },
      [after]: { type: 'u32', fold: 'none' },
    }) as { [name: string]: unknown }
    local[before] = 0x55555555
    local[after] = 0x66666666
    for (const text of ['x'.repeat(100), '', 'y'.repeat(100)]) {
      local[file] = text
      assert.is(local[file], text.slice(0, length))
      assert.equal([local[before], local[after]], [0x55555555, 0x66666666])
    }
  }
})

test('perThread shows a thread-local’s texts, and totals leave them out', () => {
  setDefaultTable(create())
  const local = threadLocal('job', { done: 'count', file: { type: 'text', length: 16 } })
  local.done++
  local.file = 'photo.jpg'
  assert.equal(perThread(local), [{ threadId: 1, done: 1, file: 'photo.jpg' }])
  assert.equal(totals(local), { done: 1 })
  assert.equal({ ...local }, { done: 1, file: 'photo.jpg' })
})

test('a reader that meets nothing but changes gives up, and leaves the key out', () => {
  const table = create()
  const key = table.key('file', { type: 'text', length: 8 })
  const slot = table.attach().slot(key)
  slot.value = 'a'
  const version = new Int32Array(table.buffer, table.attach().byteAddress(key), 1)
  const { load } = Atomics
  let loads = 0
  // Another thread assigns before each load of the version.
  Atomics.load = ((view: Int32Array, index: number) => {
    if (++loads > 100_000) throw new Error('no end')
    if (view.buffer === table.buffer && view.byteOffset + 4 * index === version.byteOffset)
      version[0] = (version[0] as number) + 1
    return load(view, index)
  }) as typeof load
  try {
    assert.equal(table.perThread(key), [])
  } finally {
    Atomics.load = load
  }
  assert.is(table.perThread(key).length, 1)
})

test.run()
