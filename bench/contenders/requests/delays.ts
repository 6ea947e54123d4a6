/*
 * How long it takes to cancel tasks that never return to the event loop: until the task has ended, until this thread knows, and
 * until the next task has started, for which a thread may have to start first.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { isCancelled } from 'threadslots/cancel'
import type { Meter } from '../../harness/meter.js'
import { clock } from './clock.js'
import { startExecutor } from './executors.js'
import { type Method, UNTIL } from './names.js'
import type { Ended } from './spinning.js'

/** A full run, which takes 60 ms three times, cancels 1,000 tasks. */
const TASKS_PER_MS = 1000 / 180
/** No further task is cancelled after this time, since the process may take two minutes. */
const MAX_MS = 90_000
/** A task runs for a random time, up to this one, before it is cancelled. */
const RUNNING_MS = 2

/** Throws if a task ends for another reason, or another task than the one that was cancelled. */
export async function cancelTasks(meter: Meter, method: Method): Promise<void> {
  const count = Math.ceil(TASKS_PER_MS * meter.milliseconds)
  // The first one compiles the code, and the last one only has to start.
  const controllers = Array.from({ length: count + 2 }, () => new AbortController())
  const executor = await startExecutor(
    method,
    controllers.map(({ signal }) => signal),
  )
  const samples = {
    [UNTIL.ended]: [] as number[],
    [UNTIL.known]: [] as number[],
    [UNTIL.next]: [] as number[],
  }
  const runAt = clock()
  let running = executor.run(0)
  let started = await running.started
  const isClockShared = runAt <= started.at && started.at <= clock()
  if (!isClockShared) meter.omit(method, 'the threads of this runtime have no common clock')
  const endAt = performance.now() + MAX_MS
  for (let task = 0; isClockShared && task <= count && performance.now() < endAt; task++) {
    let isOver = false
    const known = running.ended.then(ended => {
      isOver = true
      return { ended, at: clock() }
    })
    await delay(RUNNING_MS * Math.random())
    if (isOver) throw new Error(`${method}: task ${task} has ended before it was cancelled`)
    const abortedAt = clock()
    controllers[task]?.abort()
    running = executor.run(task + 1)
    const { ended, at: knownAt } = await known
    const next = await running.started
    if (executor.tickets) checkTickets(executor.tickets, task, ended, abortedAt)
    const isSameThread = next.threadId === started.threadId
    if (isSameThread !== (executor.tickets !== undefined)) {
      throw new Error(
        `${method}: thread ${started.threadId} ran a task, and thread ${next.threadId} the next one`,
      )
    }
    started = next
    if (task === 0) continue
    if (ended) samples[UNTIL.ended].push(ended.at - abortedAt)
    if (executor.waitsForEnd) samples[UNTIL.known].push(knownAt - abortedAt)
    samples[UNTIL.next].push(next.at - abortedAt)
  }
  for (const controller of controllers) controller.abort()
  await running.ended
  await executor.close()
  for (const [column, ns] of Object.entries(samples)) {
    if (ns.length > 0) meter.record(method, 'ns', ns, { column, isDistribution: true })
  }
}

/** All tasks up to this one have been cancelled, and no others. */
function checkTickets(tickets: readonly number[], task: number, ended: Ended | undefined, abortedAt: number) {
  const isOwn = ended?.task === task && ended.name === 'AbortError' && ended.code === 'ABORT_ERR'
  if (!isOwn || ended.at < abortedAt) {
    throw new Error(`task ${task} was cancelled at ${abortedAt}, but has ended as ${JSON.stringify(ended)}`)
  }
  for (const [i, ticket] of tickets.entries()) {
    if (isCancelled(ticket) !== i <= task) {
      throw new Error(`tasks up to ${task} were cancelled, but isCancelled is ${i > task} for task ${i}`)
    }
  }
}
