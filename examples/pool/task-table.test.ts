// The steps of task-table.ts. One thread plays all the others: before each access to shared memory, it dies, or others act.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { notifications, stepped, stepThrough, WouldWait } from './stepping.js'
import * as shared from './task-table.js'

/** Thrown where a thread dies. */
class Terminated extends Error {}

/** A pool, what its threads have counted, who has computed each task (by its input), and what has become of it. */
interface World {
  readonly tasks: shared.TaskTable
  readonly slots: { started: number; done: number }[]
  readonly computedBy: Map<number, number[]>
  readonly outcomes: Map<number, string[]>
}

type Act = (step: number) => void
const nothing: Act = () => {}

/** What the queued tasks are given, by record, and what becomes of them if nothing happens. */
const INPUTS = [20, 30]
const EXPECTED = new Map([
  [20, '21'],
  [30, 'Error: 30 is too much'],
])

function compute(input: number): number {
  if (input === 30) throw new Error('30 is too much')
  return input + 1
}

/** Tasks done before those two, by thread 1. */
const EARLIER = 3

/** A pool whose records and whose thread 1 have had tasks before, and whose thread 2 has had none. */
function createWorld(): World {
  const tasks = shared.createTaskTable(EARLIER)
  const earlier: World = { tasks, slots: [], computedBy: new Map(), outcomes: new Map() }
  for (const record of tasks.states.keys()) submit(tasks, record, 1)
  work(earlier, 1)
  settle(earlier)
  return { ...earlier, computedBy: new Map(), outcomes: new Map() }
}

function createBusyWorld(): World {
  const world = createWorld()
  for (const [record, input] of INPUTS.entries()) submit(world.tasks, record, input)
  return world
}

function submit(tasks: shared.TaskTable, record: number, input: number): void {
  tasks.inputs[record] = input
  shared.queue(tasks, record)
}

const push = <V>(lists: Map<number, V[]>, input: number, value: V) =>
  lists.set(input, [...(lists.get(input) ?? []), value])

/** A thread does tasks until it would have to wait. Returns the number of its steps. */
function work({ tasks, slots, computedBy }: World, threadId: number, act = nothing): number {
  slots[threadId] ??= { started: 0, done: 0 }
  const own = stepped(slots[threadId])
  return stepThrough(tasks, act, seen => {
    try {
      for (;;) {
        const record = shared.claim(seen, threadId) as number
        shared.perform(seen, record, own, () => {
          const input = tasks.inputs[record] as number
          push(computedBy, input, threadId)
          return compute(input)
        })
      }
    } catch (error) {
      if (!(error instanceof WouldWait)) throw error
    }
  })
}

/** The owner settles what has ended. */
function settle({ tasks, outcomes }: World): void {
  for (const [record, state] of tasks.states.entries()) {
    if (state !== shared.ENDED) continue
    const outcome = shared.errorOf(tasks, record)?.message ?? `${tasks.results[record]}`
    push(outcomes, tasks.inputs[record] as number, outcome)
    tasks.states[record] = shared.FREE
  }
}

/** The owner takes queued tasks back. */
function withdraw({ outcomes }: World, tasks: shared.TaskTable): void {
  for (const [record, input] of INPUTS.entries()) {
    if (outcomes.has(input)) continue
    if (shared.withdraw(tasks, record)) push(outcomes, input, 'withdrawn')
  }
}

/** A thread dies before a step, and the owner sees to its task. Returns its stage; undefined if it has no such step. */
function die(world: World, threadId: number, step: number): string | undefined {
  try {
    work(world, threadId, at => {
      if (at === step) throw new Terminated()
    })
    return undefined
  } catch (error) {
    if (!(error instanceof Terminated)) throw error
  }
  const { tasks, slots, outcomes } = world
  settle(world)
  const record = tasks.states.indexOf(threadId)
  if (record === -1) return 'none'
  const stage = shared.stageOf(tasks, record, slots[threadId] ?? {})
  if (stage === 'claimed') shared.queue(tasks, record)
  else if (stage === 'ended') {
    tasks.states[record] = shared.ENDED
    settle(world)
  } else {
    push(outcomes, tasks.inputs[record] as number, 'lost')
    tasks.states[record] = shared.FREE
  }
  return stage
}

/** Lets another thread do what is left, and checks that everything adds up. */
function check(world: World, schedule: string): void {
  work(world, 9)
  settle(world)
  const { outcomes, computedBy, slots } = world
  for (const [input, expected] of EXPECTED) {
    const [outcome, ...others] = outcomes.get(input) ?? []
    const computed = computedBy.get(input)?.length ?? 0
    assert.equal(others, [], `${schedule}: ${input} has two outcomes`)
    if (outcome === 'lost') assert.ok(computed <= 1, `${schedule}: ${input} was computed again`)
    else if (outcome === 'withdrawn') assert.is(computed, 0, `${schedule}: ${input} was computed`)
    else {
      assert.is(outcome, expected, `${schedule}: ${input}`)
      assert.is(computed, 1, `${schedule}: ${input} was computed ${computed} times`)
    }
  }
  const all = [...outcomes.values()].flat()
  const allBut = (...left: string[]) => all.filter(outcome => !left.includes(outcome)).length + EARLIER
  const total = (name: 'started' | 'done') => slots.reduce((sum, own) => sum + own[name], 0)
  assert.is(total('started'), allBut('withdrawn'), `${schedule}: started`)
  assert.is(total('done'), allBut('withdrawn', 'lost'), `${schedule}: done`)
}

test('wherever threads die, each task has one outcome, is computed at most once, and is counted exactly', () => {
  const stages = new Set<string>()
  for (const threadId of [1, 2]) {
    let first = -1
    for (let stage: string | undefined = ''; stage !== undefined; ) {
      const world = createBusyWorld()
      stage = die(world, threadId, ++first)
      check(world, `thread ${threadId} dies at ${first}`)
      if (stage) stages.add(stage)
      let second = -1
      for (let stage: string | undefined = ''; stage !== undefined; ) {
        const world = createBusyWorld()
        die(world, threadId, first)
        stage = die(world, 3, ++second)
        check(world, `thread ${threadId} dies at ${first}, then thread 3 at ${second}`)
      }
    }
    assert.ok(first > 30, `${first} steps`)
  }
  assert.equal([...stages].sort(), ['begun', 'claimed', 'ended', 'none'])
})

test('whatever others do while a thread works, each task has one outcome', () => {
  const actions: { readonly [name: string]: (world: World) => void } = {
    'another works': world => work(world, 3),
    'another dies while it computes': world => die(world, 3, 12),
    'the owner settles': settle,
    'the owner withdraws': world => withdraw(world, world.tasks),
  }
  for (const [name, action] of Object.entries(actions)) {
    let steps = 0
    for (let at = 0; at <= steps; at++) {
      const world = createBusyWorld()
      steps = Math.max(
        steps,
        work(world, 2, step => {
          if (step === at) action(world)
        }),
      )
      check(world, `${name} at ${at}`)
    }
    assert.ok(steps > 20, `${steps} steps`)
  }
})

test('whenever a thread works while the owner withdraws tasks, each task has one outcome', () => {
  let steps = 0
  for (let at = 0; at <= steps; at++) {
    const world = createBusyWorld()
    const workAt = (step: number) => {
      if (step === at) work(world, 2)
    }
    steps = Math.max(
      steps,
      stepThrough(world.tasks, workAt, seen => withdraw(world, seen)),
    )
    check(world, `a thread works at ${at}`)
  }
  assert.is(steps, INPUTS.length)
})

test('whenever a thread falls asleep while a task is queued, it is woken, or has done the task', () => {
  let steps = 0
  for (let at = 0; at <= steps; at++) {
    const world = createWorld()
    let known = notifications
    const sleepAt = (step: number) => {
      if (step !== at) return
      work(world, 2)
      known = notifications
    }
    steps = Math.max(
      steps,
      stepThrough(world.tasks, sleepAt, seen => submit(seen, 0, 20)),
    )
    if (notifications > known) work(world, 2)
    assert.equal(world.computedBy.get(20), [2], `it falls asleep at ${at}`)
  }
  assert.is(steps, 5)
})

test('tasks are claimed in the order in which they were queued, also when records are used again', () => {
  const tasks = shared.createTaskTable(4)
  const order: (number | undefined)[] = []
  for (const record of [0, 1, 2, 3]) shared.queue(tasks, record)
  for (let n = 0; n < 10; n++) {
    const record = shared.claim(tasks, 1) as number
    order.push(record)
    shared.queue(tasks, record)
  }
  assert.equal(order, [0, 1, 2, 3, 0, 1, 2, 3, 0, 1])
})

test('a closed pool has no more tasks', () => {
  const { tasks } = createWorld()
  assert.not(shared.isClosed(tasks))
  shared.close(tasks)
  assert.ok(shared.isClosed(tasks))
  assert.is(shared.claim(tasks, 1), undefined)
})

test.run()
