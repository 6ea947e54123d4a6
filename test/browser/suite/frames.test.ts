// Pages that are reloaded, and frames that are added and removed.
import { SlotTable } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CountingFrame, type FrameMessage, type FrameOrder, runFrame } from './frame.js'
import { usedLocks } from './lock-names.js'
import { until } from './start-worker.js'

const messages: FrameMessage[] = []

/** Waits for a frame to tell of an event, and returns when its document was created. */
async function heard(event: FrameMessage['event'], otherThan?: number): Promise<number> {
  const find = () => messages.find(message => message.event === event && message.created !== otherThan)
  await until(find, `a frame tells: ${event}`)
  return find()?.created ?? 0
}

/** Opens a frame with this same page. */
async function openFrame(): Promise<HTMLIFrameElement> {
  messages.length = 0
  const frame = document.createElement('iframe')
  frame.src = location.href
  document.body.append(frame)
  await heard('loaded')
  return frame
}

const order = (frame: HTMLIFrameElement, data: FrameOrder) => frame.contentWindow?.postMessage(data)

const without = (names: Set<string>, others: Set<string>) => [...names].filter(name => !others.has(name))

/** Waits until some locks are released. */
async function untilReleased(names: readonly string[]): Promise<void> {
  const left = async () => {
    const used = await usedLocks()
    return names.filter(name => used.has(name))
  }
  await until(async () => (await left()).length === 0, `the locks ${names} are released`)
}

/**
 * Opens a frame with two workers. Returns the locks of the three threads, the locks that were in use before, and when the
 * frame's document was created.
 */
async function openWithWorkers() {
  const before = await usedLocks()
  const frame = await openFrame()
  order(frame, 'start workers')
  const created = await heard('counted')
  const names = without(await usedLocks(), before)
  assert.is(names.length, 3, `the page and two workers: ${names}`)
  return { before, frame, names, created }
}

function testFrames() {
  window.onmessage = ({ data }: MessageEvent<FrameMessage>) => messages.push(data)

  test('a page that is reloaded leaves no lock, and sees the workers of its new table end', async () => {
    const { before, frame, names: old, created } = await openWithWorkers()
    messages.length = 0
    frame.contentWindow?.location.reload()
    await heard('loaded', created)
    await untilReleased(old)
    order(frame, 'start workers')
    await heard('counted', created)
    const now = without(await usedLocks(), before)
    assert.is(now.length, 3, `the page and two workers: ${now}`)
    assert.equal(
      now.filter(name => old.includes(name)),
      [],
    )
    for (const which of [0, 1] as const) {
      messages.length = 0
      order(frame, which)
      await heard('freed a row')
    }
    // The page releases a worker's lock a little later than it frees the row.
    await until(async () => without(await usedLocks(), before).length === 1, 'only its own lock is left')
    frame.remove()
    await untilReleased(now)
  })

  test('a frame that is removed while one of its workers is idle and another one spins leaves no lock', async () => {
    const { frame, names } = await openWithWorkers()
    frame.remove()
    await untilReleased(names)
  })

  test('a frame has a row of its own in the table of the page until it is removed', async () => {
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
