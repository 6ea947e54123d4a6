// The protocol at every step: a crash there, and whole operations of other threads there. The list is exhaustive, not lucky.
import type { SlotTable } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { as } from './helpers.js'
import { crash, stepThrough } from './protocol/steps.js'
import {
  BASE,
  bury,
  check,
  checkAtRest,
  FRESH,
  freshWorld,
  keyNamed,
  total,
  type World,
  work,
} from './protocol/world.js'

const ACTOR = 7

interface Scenario {
  /** Before the first step. */
  readonly prepare?: (world: World) => void
  /** What the actor does, step by step. */
  readonly run: (world: World, actor: SlotTable) => void
  /** What another thread does when the actor is about to publish a key. */
  readonly race?: (world: World) => void
  /** What the supervisor has to do after a crash, besides releasing the actor. */
  readonly repair?: (world: World) => void
}

const momentsOfAttach = stepThrough(
  () => as(freshWorld().supervisor, 8).attach(),
  () => {},
)

/** Thread 8 claims row 1, and crashes in the middle of preparing it. */
function crashInRow1(world: World, last: number): void {
  crash(
    () => as(world.supervisor, 8).attach(),
    moment => moment === last,
  )
  bury(world, 8)
}

const scenarios: { readonly [name: string]: Scenario } = {
  'attach to a virgin row': {
    prepare: world => work(world, 8, 8),
    run: world => work(world, ACTOR, 7),
  },
  'attach to the row of the dead': {
    run: world => work(world, ACTOR, 7),
  },
  'attach after one that crashed before its commit': {
    prepare: world => crashInRow1(world, momentsOfAttach >> 1),
    run: world => work(world, ACTOR, 7),
  },
  'attach after one that crashed behind its commit': {
    prepare: world => crashInRow1(world, momentsOfAttach - 4),
    run: world => work(world, ACTOR, 7),
  },
  'make a key': {
    run: (_, actor) => actor.key('fresh', FRESH),
  },
  'make a key while another thread makes another': {
    run: (_, actor) => actor.key('fresh', FRESH),
    race: ({ supervisor }) => as(supervisor, 8).key('racer', 'f64'),
  },
  'make a key while another thread makes the same': {
    run: (_, actor) => actor.key('fresh', FRESH),
    race: ({ supervisor }) => as(supervisor, 8).key('fresh', FRESH),
  },
  'use a key for the first time': {
    run(world, actor) {
      const key = actor.key('fresh', FRESH)
      const row = actor.attach()
      world.alive.add(ACTOR)
      row.slot(key).add(4)
      world.fresh = BASE + 4
    },
  },
  'release a family that died in the middle of making a key': {
    prepare: ({ supervisor }) =>
      crash(
        () => as(supervisor, 6, 5).key('never', FRESH),
        (_, isPublication) => isPublication,
      ),
    run: world => bury(world, 4, ACTOR),
    repair: world => bury(world, 4),
  },
  'read all folds': {
    run({ amounts }, actor) {
      const key = keyNamed(actor, 'n')
      let last = total(amounts.values())
      for (const read of [() => actor.fold(key), () => actor.snapshot().totals.n as number]) {
        const sum = read()
        const now = total(amounts.values())
        assert.ok(last <= sum && sum <= now, `read ${sum}, after ${last} and before ${now}`)
        last = sum
      }
    },
  },
}

/** Whole operations of others; each ends before the actor goes on. */
const interruptions: { readonly [name: string]: (world: World) => void } = {
  'another thread attaches': world => work(world, 20, 21),
  'another thread makes another key': ({ supervisor }) => as(supervisor, 20).key('another', 'f64'),
  'another thread makes the same key': ({ supervisor }) => as(supervisor, 20).key('fresh', FRESH),
  'another thread releases a family': world => bury(world, 4, 20),
  'another thread attaches and dies, and its row is taken': world => {
    work(world, 20, 21)
    bury(world, 20)
    work(world, 21, 22)
  },
  'a family is released, and its rows are taken': world => {
    bury(world, 4)
    for (let threadId = 20; threadId < 24; threadId++) work(world, threadId, threadId)
  },
}

let schedules = 0

for (const [name, scenario] of Object.entries(scenarios)) {
  /** The scenario from its very beginning. */
  function begin() {
    schedules++
    const world = freshWorld()
    scenario.prepare?.(world)
    const actor = as(world.supervisor, ACTOR)
    let hasRaced = scenario.race === undefined
    return {
      world,
      run: () => scenario.run(world, actor),
      /** Comes before each step, and lets the race happen where it belongs. */
      race(isPublication: boolean) {
        if (hasRaced || !isPublication) return
        hasRaced = true
        scenario.race?.(world)
      },
      hasRaced: () => hasRaced,
    }
  }

  let moments = 0

  test(`${name}: undisturbed`, () => {
    const { world, run, race, hasRaced } = begin()
    moments = stepThrough(run, (_, isPublication) => race(isPublication))
    assert.ok(hasRaced())
    assert.ok(moments > 20, `only ${moments} moments`)
    checkAtRest(world, 'undisturbed')
  })

  test(`${name}: crash`, () => {
    for (let last = 0; last < moments; last++) {
      const where = `crash at moment ${last} of ${moments}`
      const { world, run, race } = begin()
      crash(run, (moment, isPublication) => {
        race(isPublication)
        if (moment === last) check(world, where)
        return moment === last
      })
      const { fresh } = world.supervisor.snapshot().totals
      bury(world, ACTOR)
      scenario.repair?.(world)
      assert.is(world.supervisor.snapshot().totals.fresh, fresh, where)
      checkAtRest(world, where)
    }
  })

  for (const [what, interrupt] of Object.entries(interruptions)) {
    test(`${name}: ${what}`, () => {
      // Before each step: what comes after it differs only by plain stores, which others don't depend on.
      for (let at = 0; at < moments; at += 2) {
        const where = `at moment ${at} of ${moments}`
        const { world, run, race } = begin()
        stepThrough(run, (moment, isPublication) => {
          race(isPublication)
          if (moment !== at) return
          interrupt(world)
          check(world, where)
        })
        checkAtRest(world, where)
      }
    })
  }
}

test.after(() => console.log(`${schedules} schedules`))
test.run()
