// What docs/requests.md promises, under stress and when threads die. The page's own modules run here; its programs run in
// snippets.test.ts.
import type { Worker } from 'node:worker_threads'
import { onThreadExit, perThread, threadLocal, totals } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { testTermination } from '../../tools/testing/skip.js'
import { claims } from '../support/definitions/claims.js'
import { handled } from '../support/definitions/handled.js'
import { observed, settingsOf } from '../support/definitions/observed.js'
import { type RequestsModule, type SettingsModule, writeModule } from '../support/page-modules.js'
import type { AnswerRequestsData } from '../support/workers/answer-requests.js'
import type { ClaimRequestsData } from '../support/workers/claim-requests.js'
import type { FollowSettingsData } from '../support/workers/follow-settings.js'
import { endAll, ended, endedAnyhow, message, start } from '../support/workers.js'

const settingsUrl = writeModule('settings.js')
const requestsUrl = writeModule('requests.js')
const { settings, change, behind } = (await import(settingsUrl)) as SettingsModule
const { ask } = (await import(requestsUrl)) as RequestsModule

/** Nothing here takes that long, even on a busy machine. */
const DEADLINE_MS = 60_000
const closedGate = () => new Int32Array(new SharedArrayBuffer(4))

function open(gate: Int32Array): void {
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
}

async function terminate(worker: Worker): Promise<void> {
  const end = endedAnyhow(worker)
  worker.terminate()
  await end
}

/** Takes steps, and yields after each, until something is true. */
async function until(
  what: string,
  isTrue: () => boolean,
  step: () => Promise<void> | void = () => {},
): Promise<void> {
  const end = performance.now() + DEADLINE_MS
  for (; !isTrue(); await new Promise(resolve => setImmediate(resolve))) {
    assert.ok(performance.now() < end, `waited in vain for ${what}`)
    await step()
  }
}

/** Changes all settings, to those of the next version. Returns that version. */
const changeAll = (stop = false) => change({ ...settingsOf(settings().version + 1), stop })

/** Starts threads that follow the settings, and waits until each of them has polled once. */
async function follow(count: number, data: Omit<FollowSettingsData, 'module'> = {}) {
  const workers = Array.from({ length: count }, () =>
    start('follow-settings.js', { module: settingsUrl, ...data } satisfies FollowSettingsData),
  )
  const found = await Promise.all(workers.map(worker => message<number>(worker)))
  return { workers, threadIds: workers.map(({ threadId }) => threadId), found }
}

/** Ends all threads that follow the settings. */
async function stopFollowing(...followers: { readonly workers: readonly Worker[] }[]): Promise<void> {
  const ends = followers.flatMap(({ workers }) => workers.map(worker => ended(worker)))
  changeAll(true)
  await Promise.all(ends)
}

test('settings reach threads that never yield, and threads that start later', async () => {
  changeAll()
  const early = await follow(2)
  for (let i = 0; i < 40; i++) assert.equal(await behind(changeAll(), DEADLINE_MS), [])
  const version = changeAll()
  const late = await follow(1)
  assert.equal(late.found, [version])
  assert.equal(await behind(changeAll(), DEADLINE_MS), [])
  await stopFollowing(early, late)
  const { changes, older, mixed } = totals(observed)
  assert.ok(changes >= 2 * 41 + 1, `${changes} changes seen`)
  assert.equal({ older, mixed }, { older: 0, mixed: 0 })
})

test('no thread ever sees settings of two changes, which it does if they are in two slots', async () => {
  changeAll()
  const followers = await follow(2)
  let changes = 0
  const store = () => {
    for (let i = 0; i < 100; i++) {
      observed.first = ++changes
      changeAll()
      observed.second = changes
    }
  }
  const haveSeenEnough = () =>
    perThread(observed).filter(thread => (thread.changes ?? 0) >= 500 && (thread.mixedSlots ?? 0) > 0)
      .length === 2
  await until(
    'two threads to see 500 changes, and two slots that differ',
    () => changes >= 5000 && haveSeenEnough(),
    store,
  )
  await stopFollowing(followers)
  const { older, mixed } = totals(observed)
  assert.equal({ older, mixed }, { older: 0, mixed: 0 }, `after ${changes} changes`)
})

/** The threads that are behind when all but this number have seen a version. */
async function lastBehind(version: number, count: number): Promise<number[]> {
  let late: number[] = []
  await until(
    `all but ${count} threads to see a change`,
    () => late.length === count,
    async () => {
      late = await behind(version, 0)
    },
  )
  return late.sort()
}

test('a thread that does not poll is behind until it does, and one that says that it is idle is not', async () => {
  changeAll()
  const gate = closedGate()
  const [spinning, blocked, idle] = [
    await follow(1),
    await follow(1, { gate }),
    await follow(1, { gate, isIdle: true }),
  ]
  const version = changeAll()
  assert.equal(await lastBehind(version, 1), blocked.threadIds)
  open(gate)
  assert.equal(await behind(version, DEADLINE_MS), [])
  await stopFollowing(spinning, blocked, idle)
})

testTermination('nobody waits for threads that die before they have seen a change', async () => {
  changeAll()
  const [spinning, blocked] = [await follow(1), await follow(2, { gate: closedGate() })]
  const version = changeAll()
  assert.equal(await lastBehind(version, 2), blocked.threadIds.sort())
  const all = behind(version, DEADLINE_MS)
  await Promise.all(blocked.workers.map(terminate))
  assert.equal(await all, [])
  await stopFollowing(spinning)
})

/** Starts a thread that answers requests. */
async function startAnswering(gate?: Int32Array) {
  const data: AnswerRequestsData = { module: requestsUrl, ...(gate && { gate }) }
  const worker = start('answer-requests.js', data)
  const { threadId } = worker
  await message(worker)
  return { worker, threadId, ask: (what: string, ms = DEADLINE_MS) => ask(threadId, what, ms) }
}

/** Ends threads that answer requests. Returns how many each of them has handled. */
async function stopAnswering(...workers: readonly Worker[]): Promise<number[]> {
  const threadIds = workers.map(({ threadId }) => threadId)
  const requests = new Map<number, number>()
  const unsubscribe = onThreadExit(handled, ({ threadId, values }) =>
    requests.set(threadId, values.requests ?? 0),
  )
  const ends = workers.map(worker => ended(worker))
  handled.stop = 1
  await Promise.all(ends)
  unsubscribe()
  handled.stop = 0
  return threadIds.map(id => requests.get(id) ?? 0)
}

test('each request is handled exactly once, by the thread that it names', async () => {
  const [one, two] = [await startAnswering(), await startAnswering()]
  for (let i = 0; i < 60; i++) {
    const target = i % 3 ? two : one
    assert.is(await target.ask(`request ${i}`), `request ${i} by ${target.threadId}`)
  }
  assert.equal(await stopAnswering(one.worker, two.worker), [20, 40])
})

test('a request that nobody has seen in time is taken back', async () => {
  const gate = closedGate()
  const { worker, threadId, ask } = await startAnswering(gate)
  const error = await ask('late', 20).catch(error => error)
  assert.is(error.message, `thread ${threadId} has not answered within 20 ms`)
  open(gate)
  const polls = () => perThread(handled).find(thread => thread.threadId === threadId)?.polls ?? 0
  await until('ten polls', () => polls() > 10)
  assert.is(await ask('next'), `next by ${threadId}`)
  assert.equal(await stopAnswering(worker), [1])
})

testTermination(
  'a request to a thread that dies is answered by nobody, whoever has its row then',
  async () => {
    const dying = await startAnswering(closedGate())
    const outcome = dying.ask('dying', 300).catch(error => error.message)
    await terminate(dying.worker)
    const heir = await startAnswering()
    assert.match(await outcome, 'has not answered within 300 ms')
    assert.match(await dying.ask('dead', 20).catch(error => error.message), 'has not answered within 20 ms')
    assert.is(await heir.ask('living'), `living by ${heir.threadId}`)
    assert.equal(await stopAnswering(heir.worker), [1])
  },
)

test('what a thread has answered before its end can be read when it has ended', async () => {
  const requests = threadLocal('requests', { answer: { type: 'text', length: 1000 } })
  const answers = new Map<number, string | undefined>()
  const unsubscribe = onThreadExit(requests, ({ threadId, values }) => answers.set(threadId, values.answer))
  const { worker, threadId, ask } = await startAnswering()
  let isOver = false
  const end = ended(worker).then(() => {
    isOver = true
  })
  // The thread may be dead before anybody looks at its answer.
  while (!isOver) await ask('end', 200).catch(() => {})
  await end
  unsubscribe()
  assert.is(JSON.parse(answers.get(threadId) ?? '{}').result, `end by ${threadId}`)
})

testTermination('each request is claimed by exactly one thread, also when threads die', async () => {
  const REQUESTS = 20_000
  const data: ClaimRequestsData = {
    taken: new Int32Array(new SharedArrayBuffer(4)),
    counts: new Uint8Array(new SharedArrayBuffer(REQUESTS)),
  }
  const workers = [1, 2, 3].map(() => start('claim-requests.js', data))
  await Promise.all(workers.map(worker => message(worker)))
  const [dying, ...others] = workers as [Worker, ...Worker[]]
  const haveClaimed = (requests: number) => () => Atomics.load(data.taken, 0) === requests
  claims.requests = REQUESTS / 2
  const death = terminate(dying)
  await until('the first half of the requests to be claimed', haveClaimed(REQUESTS / 2))
  await death
  const step = () => {
    claims.requests = Math.min(claims.requests + 100, REQUESTS)
  }
  await until('all requests to be claimed', haveClaimed(REQUESTS), step)
  const ends = others.map(worker => ended(worker))
  claims.stop = 1
  await Promise.all(ends)
  assert.is(
    data.counts.findIndex(count => count > 1),
    -1,
    'claimed twice',
  )
  const unclaimed = data.counts.filter(count => count === 0).length
  assert.ok(
    unclaimed <= 1,
    `${unclaimed} requests claimed by nobody; only the dead thread may have taken one with it`,
  )
})

test.after.each(endAll)
test.run()
