// Pages that are reloaded, and frames that come and go.
import { SlotTable } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CountingFrame, type FrameMessage, type FrameOrder, runFrame } from './frame.js'
import { delay, until } from './threads.js'

const said: FrameMessage[] = []

/** The names of the locks that are held or asked for, but for those of a table. */
async function lockNames(): Promise<Set<string>> {
  const { held = [], pending = [] } = await navigator.locks.query()
  const names = [...held, ...pending].map(({ name }) => String(name))
  return new Set(names.filter(name => name.startsWith('threadslots/')))
}

const hears = (what: FrameMessage['what'], born?: number): Promise<number> =>
  until(() => said.some(message => message.what === what && message.born !== born), `a frame says: ${what}`)

/** A frame with this same page. */
async function openFrame(): Promise<HTMLIFrameElement> {
  said.length = 0
  const frame = document.createElement('iframe')
  frame.src = location.href
  document.body.append(frame)
  await hears('loaded')
  return frame
}

const order = (frame: HTMLIFrameElement, data: FrameOrder) => frame.contentWindow?.postMessage(data)

const without = (names: Set<string>, others: Set<string>) => [...names].filter(name => !others.has(name))

/** Waits until a table's locks are gone. */
async function untilGone(names: readonly string[]): Promise<void> {
  const started = performance.now()
  for (let left = names; left.length > 0; await delay(10)) {
    const now = await lockNames()
    left = names.filter(name => now.has(name))
    if (performance.now() - started > 20_000) assert.unreachable(`still there: ${left}`)
  }
}

/** A frame with two workers, the locks that the three hold, and those that were held before. */
async function openWithWorkers() {
  const before = await lockNames()
  const frame = await openFrame()
  order(frame, 'start workers')
  await hears('counted')
  const names = without(await lockNames(), before)
  assert.is(names.length, 3, `the page and two workers: ${names}`)
  return { before, frame, names }
}

function testFrames() {
  window.onmessage = ({ data }: MessageEvent<FrameMessage>) => said.push(data)

  test('a page that is reloaded leaves no lock, and has a new table and workers that are seen to end', async () => {
    const { before, frame, names: old } = await openWithWorkers()
    const [{ born } = { born: 0 }] = said
    said.length = 0
    frame.contentWindow?.location.reload()
    await hears('loaded', born)
    await untilGone(old)
    order(frame, 'start workers')
    await hears('counted', born)
    const now = without(await lockNames(), before)
    assert.is(now.length, 3, `the page and two workers: ${now}`)
    assert.equal(
      now.filter(name => old.includes(name)),
      [],
    )
    for (const which of [0, 1] as const) {
      said.length = 0
      order(frame, which)
      await hears('saw a death')
    }
    assert.is(without(await lockNames(), before).length, 1)
    frame.remove()
    await untilGone(now)
  })

  test('a frame that is removed with workers that idle and that spin leaves no lock', async () => {
    const { frame, names } = await openWithWorkers()
    frame.remove()
    await untilGone(names)
  })

  test('a frame is a thread of its own in the table of the page, until it is removed', async () => {
    const table = SlotTable.create({ maxThreads: 2 })
    const key = table.key('n', 'u32')
    table.attach().slot(key).add(1)
    for (const threadId of [1, 2]) {
      const frame = await openFrame()
      await (frame.contentWindow as unknown as CountingFrame).countIn(table.buffer)
      assert.equal(table.perThread(key), [
        { threadId: 0, value: 1 },
        { threadId, value: 5 },
      ])
      frame.remove()
      await until(() => table.perThread(key).length === 1, 'its row is free')
      assert.is(table.fold(key), 1 + 5 * threadId)
    }
  })

  test.run()
}

if (window.parent === window) testFrames()
else runFrame()
