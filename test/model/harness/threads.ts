// How threads come and go, and make keys.
import type { Row } from 'threadslots'
import * as assert from 'uvu/assert'
import { as } from '../../support/helpers.js'
import { type Command, command, type Entry, type Moment, said, used } from './command.js'
import { compare, compareAnswers, type Thread, text } from './compare.js'
import {
  bury,
  define,
  die,
  family,
  freeRow,
  initialise,
  keyOf,
  type Life,
  refusalOf,
  resolve,
} from './model.js'
import { type Effect, isRunning, mortalIn, perform, runningIn, subsets } from './operations.js'

export const attach = (lane: string, moment: Moment): Command =>
  command(said(lane, 'attaches', moment), lane, (model, real, life) => {
    const { asked } = life
    const rowId = life.rowId ?? freeRow(model)
    const claimed = (count: number): Effect => {
      const names = [...asked].slice(0, count)
      return (model, life) => {
        life.rowId = rowId
        for (const name of names) used(name)(model, life)
        life.asked = new Set()
      }
    }
    perform(
      model,
      real,
      life,
      {
        run(thread) {
          thread.row = thread.table.attach()
          assert.is(thread.table.attach(), thread.row)
        },
        refusal: rowId === undefined ? { Kind: RangeError, words: /rows are taken.*maxThreads/ } : undefined,
        effect: claimed(asked.size),
        partials: Array.from({ length: asked.size + 1 }, (_, count) => claimed(count)),
      },
      moment,
    )
  })

/** The thread makes a second object for the same table, and goes on with that. */
export const reopen = (lane: string): Command =>
  command(said(lane, 'opens the table again'), lane, (model, real, life) => {
    perform(model, real, life, {
      run(thread) {
        thread.table = as(real.supervisor, life.threadId, life.parent)
        thread.accessors.clear()
        thread.row &&= thread.table.attach()
      },
      effect: (_, life) => {
        life.asked = new Set()
      },
    })
  })

export const release = (lane: string, byLane: string, moment: Moment): Command => ({
  check: model => mortalIn(model, lane) !== undefined,
  run(model, real) {
    const dead = mortalIn(model, lane) as Life
    const releaser = runningIn(model, byLane)
    if (releaser?.threadId === dead.threadId) {
      const refusal = { Kind: RangeError, words: /is this one; release dead threads/ }
      perform(model, real, releaser, { run: ({ table }) => table.release(dead.threadId), refusal })
      return
    }
    die(model, dead.threadId)
    const effect: Effect = model => bury(family(model, dead.threadId))
    // One that died with it can't, nor one that is not there.
    if (!releaser || !isRunning(model, releaser)) {
      real.supervisor.release(dead.threadId)
      effect(model, dead)
      compare(model, real)
      return
    }
    const claims = family(model, dead.threadId).flatMap(({ threadId, hasRecord, rowId }) => [
      ...(hasRecord ? [{ threadId, isRow: false }] : []),
      ...(rowId === undefined ? [] : [{ threadId, isRow: true }]),
    ])
    // Children are freed before their parents, and a thread's row last.
    const isInOrder = (freed: readonly (typeof claims)[number][]) =>
      freed.every(({ threadId, isRow }) => {
        const descendants = family(model, threadId).map(life => life.threadId)
        return claims.every(
          claim =>
            freed.includes(claim) ||
            !descendants.includes(claim.threadId) ||
            (claim.threadId === threadId && (claim.isRow || !isRow)),
        )
      })
    const partials = subsets(claims, isInOrder).map(
      (freed): Effect =>
        model => {
          for (const life of model.lives) {
            const own = freed.filter(({ threadId }) => threadId === life.threadId)
            if (own.some(({ isRow }) => !isRow)) life.hasRecord = false
            if (own.some(({ isRow }) => isRow) || (own.length && life.rowId === undefined)) bury([life])
          }
        },
    )
    const run = ({ table }: Thread) => table.release(dead.threadId)
    perform(model, real, releaser, { run, effect, partials }, moment)
  },
  toString: () => said(lane, `is dead, and released by ${byLane} or the supervisor`, moment),
})

export const look = (lane: string): Command =>
  command(said(lane, 'reads everything'), lane, (model, real, life) => {
    perform(model, real, life, { run: ({ table }) => compareAnswers(model, table) })
  })

// Keys

export const key = (lane: string, [name, spec]: Entry, moment: Moment): Command =>
  command(said(lane, `key ${name} ${text(spec)}`, moment), lane, (model, real, life) => {
    const definition = resolve(name, spec)
    const isNew = keyOf(model, name) === undefined
    const made: Effect = model => define(model, [definition])
    const effect: Effect = (model, life) => {
      made(model, life)
      if (life.rowId === undefined) life.asked.add(name)
      else used(name)(model, life)
    }
    const began: Effect = (_, life) => {
      life.hasRecord = true
    }
    perform(
      model,
      real,
      life,
      {
        run({ table }) {
          assert.is(table.key(name, spec), table.key(name, spec))
        },
        refusal: refusalOf(model, [definition]),
        effect,
        partials: isNew ? [began, made, effect] : [effect],
      },
      moment,
    )
  })

export const locals = (lane: string, entries: readonly Entry[], moment: Moment): Command => ({
  check(model) {
    if (runningIn(model, lane)?.rowId === undefined) return false
    const definitions = entries.map(([name, spec]) => resolve(name, spec))
    // With the records of the dead there may be room for the first key alone: then some are made, and the rest refused.
    return refusalOf(model, definitions)?.words.source !== 'records are taken'
  },
  run(model, real) {
    const definitions = entries.map(([name, spec]) => resolve(name, spec))
    const fresh = definitions.filter(({ name }) => !keyOf(model, name))
    const partials = fresh.flatMap((_, count): Effect[] => [
      (model, life) => {
        define(model, fresh.slice(0, count))
        life.hasRecord = true
      },
      model => define(model, fresh.slice(0, count + 1)),
    ])
    perform(
      model,
      real,
      runningIn(model, lane) as Life,
      {
        run({ row, accessors }) {
          const own = (row as Row).locals(Object.fromEntries(entries))
          for (const [name] of entries) accessors.set(name, own)
        },
        refusal: refusalOf(model, definitions),
        effect(model, life) {
          define(model, definitions)
          // Made ready, but not used.
          for (const definition of definitions)
            if (!life.used.has(definition.name)) initialise(life, definition)
        },
        partials,
      },
      moment,
    )
  },
  toString: () => said(lane, `locals ${text(Object.fromEntries(entries))}`, moment),
})
