// Long random histories of cancellable runs, against a list of those that go on. SEED repeats them.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OwnRuns } from '../../src/cancel/own-runs.js'
import { RemoteRuns } from '../../src/cancel/remote-runs.js'
import { CHUNK_BYTES, decode, WORDS_PER_CHUNK } from '../../src/cancel/tickets.js'
import { SlotTable } from '../../src/table/slot-table.js'
import { randomIntegersFrom } from '../support/random.js'
import { settings } from '../support/settings.js'

const TABLES = 6
const ACTIONS = 500
const POLLER = 7
const seed = Number(settings.SEED ?? Date.now() % 2 ** 31)
const random = randomIntegersFrom(seed)
const any = <T>(list: readonly T[]): T => list[random(list.length)] as T

/** A thread with two copies of the module, as the model sees it. */
interface Thread {
  readonly threadId: number
  readonly copies: readonly OwnRuns[]
  /** The tickets of the runs that go on, and the copies that issued them. */
  readonly running: Map<number, OwnRuns>
  isDead: boolean
}

/** @returns the greatest generation of a word, and how often a thread had no room for another run. */
function play(chunks: number, where: string): { generation: number; fullTimes: number } {
  const { buffer } = SlotTable.create({ maxThreads: 3, rowBytes: 2 * chunks * CHUNK_BYTES, threadId: 0 })
  const openAs = (threadId: number) => SlotTable.from(buffer, { threadId, parentThreadId: -1 })
  const pollers = [1, 2, 3].map(() => new RemoteRuns(openAs(POLLER)))
  const threads: Thread[] = []
  const issuers = new Map<number, Thread>()
  const tickets: number[] = []
  let [generation, fullTimes] = [0, 0]

  const start = () => {
    // Of any width, and not an earlier one's.
    const threadId = 2 ** random(20) * 1000 + threads.length
    const copies = [1, 2].map(() => new OwnRuns(openAs(threadId)))
    threads.push({ threadId, copies, running: new Map(), isDead: false })
  }
  const end = (thread: Thread) => {
    thread.isDead = true
    openAs(POLLER).release(thread.threadId)
  }
  const issue = (thread: Thread) => {
    const copy = any(thread.copies)
    const ticket = copy.issue()
    assert.not(issuers.has(ticket), 'it is issued twice')
    tickets.push(ticket)
    issuers.set(ticket, thread)
    thread.running.set(ticket, copy)
    generation = Math.max(generation, decode(ticket).generation)
  }
  const issueSome = (thread: Thread) => {
    try {
      for (let left = random(300); left > 0; left--) issue(thread)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      // There is no room only if each word has a run.
      const words = new Set([...thread.running.keys()].map(ticket => decode(ticket).word))
      assert.is(words.size, chunks * WORDS_PER_CHUNK)
      fullTimes++
      finishSome(thread, () => true)
    }
  }
  const finishSome = (thread: Thread, isChosen: (ticket: number) => boolean) => {
    for (const [ticket, copy] of thread.running) {
      if (!isChosen(ticket)) continue
      copy.finish(ticket)
      copy.finish(ticket)
      thread.running.delete(ticket)
    }
  }
  const act = () => {
    const running = threads.filter(thread => !thread.isDead)
    const thread = any(running)
    const chance = random(100)
    if (!thread || (chance === 0 && running.length < 3)) start()
    else if (chance === 1) end(thread)
    else if (chance < 50) issueSome(thread)
    // A word is not used again while its first run goes on.
    else if (chance < 99) finishSome(thread, ticket => decode(ticket).bit > 0 && random(10) > 0)
    else finishSome(thread, () => random(100) > 0)
  }

  for (let action = 0; action < ACTIONS; action++) {
    act()
    for (let poll = 0; poll < 30 && tickets.length > 0; poll++) {
      const ticket = poll === 0 ? (tickets.at(-1) as number) : any(tickets)
      const { isDead, running } = issuers.get(ticket) as Thread
      const isOver = !isDead && !running.has(ticket)
      if (any(pollers).isOver(ticket) !== isOver)
        assert.unreachable(`${where}, action ${action}: ${JSON.stringify(decode(ticket))}: not ${isOver}`)
    }
  }
  return { generation, fullTimes }
}

test('polls agree with a list, whichever threads come, issue tickets, finish runs and go', () => {
  let [generation, fullTimes] = [0, 0]
  for (let table = 0; table < TABLES; table++) {
    const seen = play(1 + (table % 2), `SEED=${seed}, table ${table}`)
    generation = Math.max(generation, seen.generation)
    fullTimes += seen.fullTimes
  }
  assert.ok(generation > 1, `SEED=${seed}: no word was used again`)
  assert.ok(fullTimes > 0, `SEED=${seed}: there was always room`)
})

test.run()
