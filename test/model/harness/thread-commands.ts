// Commands with which threads come and go, read, and define keys.
import { nameThread, type Row } from 'threadslots'
import * as assert from 'uvu/assert'
import { asThread } from '../../support/as-thread.js'
import { type Command, type CrashPoint, command, describe, type Entry, useOf } from './command.js'
import { compare, compareReadings, type ThreadObjects, text } from './compare.js'
import {
  cut,
  define,
  die,
  family,
  freeRow,
  initialise,
  keyOf,
  type ModelThread,
  markReleased,
  refusalOf,
  resolve,
} from './model.js'
import { type Effect, isRunning, perform, runningIn, subsets, threadToReleaseIn } from './perform.js'

export const attach = (lane: string, crashPoint: CrashPoint): Command =>
  command(describe(lane, 'attaches', crashPoint), lane, (model, real, thread) => {
    const { requestedKeys } = thread
    const rowId = thread.rowId ?? freeRow(model)
    const claimed = (count: number): Effect => {
      const names = [...requestedKeys].slice(0, count)
      return (model, thread) => {
        if (thread.rowId === undefined) thread.name = model.nextName
        thread.rowId = rowId
        for (const name of names) useOf(name)(model, thread)
        thread.requestedKeys = new Set()
      }
    }
    perform(
      model,
      real,
      thread,
      {
        run(objects) {
          objects.row = objects.table.attach()
          assert.is(objects.table.attach(), objects.row)
        },
        refusal: rowId === undefined ? { Kind: RangeError, words: /rows are taken.*maxThreads/ } : undefined,
        effect: claimed(requestedKeys.size),
        partials: Array.from({ length: requestedKeys.size + 1 }, (_, count) => claimed(count)),
      },
      crashPoint,
    )
  })

/** Threads that attach from now on have this name. */
export const name = (name: string): Command => ({
  check: () => true,
  run(model) {
    nameThread(name)
    model.nextName = cut(name, 120)
  },
  toString: () => `threads that attach are called ${text(name)}`,
})

/** The thread opens the same table again and goes on with the new object. */
export const reopen = (lane: string): Command =>
  command(describe(lane, 'opens the table again'), lane, (model, real, thread) => {
    perform(model, real, thread, {
      run(objects) {
        objects.table = asThread(real.supervisor, thread.threadId, thread.parentThreadId)
        objects.accessors.clear()
        objects.row &&= objects.table.attach()
      },
      effect: (_, thread) => {
        thread.requestedKeys = new Set()
      },
    })
  })

export const release = (lane: string, byLane: string, crashPoint: CrashPoint): Command => ({
  check: model => threadToReleaseIn(model, lane) !== undefined,
  run(model, real) {
    const dead = threadToReleaseIn(model, lane) as ModelThread
    const releaser = runningIn(model, byLane)
    if (releaser?.threadId === dead.threadId) {
      const refusal = { Kind: RangeError, words: /use a dead thread's id/ }
      perform(model, real, releaser, { run: ({ table }) => table.release(dead.threadId), refusal })
      return
    }
    die(model, dead.threadId)
    const effect: Effect = model => markReleased(family(model, dead.threadId))
    // There may be no thread in that lane, or it may have died too, as a descendant.
    if (!releaser || !isRunning(model, releaser)) {
      real.supervisor.release(dead.threadId)
      effect(model, dead)
      compare(model, real)
      return
    }
    const claims = family(model, dead.threadId).flatMap(({ threadId, ownsRecord, rowId }) => [
      ...(ownsRecord ? [{ threadId, isRow: false }] : []),
      ...(rowId === undefined ? [] : [{ threadId, isRow: true }]),
    ])
    // Descendants are freed before their ancestors, and a thread's record before its row.
    const isPossible = (freed: readonly (typeof claims)[number][]) =>
      freed.every(({ threadId, isRow }) => {
        const descendants = family(model, threadId).map(thread => thread.threadId)
        return claims.every(
          claim =>
            freed.includes(claim) ||
            !descendants.includes(claim.threadId) ||
            (claim.threadId === threadId && (claim.isRow || !isRow)),
        )
      })
    const partials = subsets(claims, isPossible).map(
      (freed): Effect =>
        model => {
          for (const thread of model.threads) {
            const own = freed.filter(({ threadId }) => threadId === thread.threadId)
            if (own.some(({ isRow }) => !isRow)) thread.ownsRecord = false
            if (own.some(({ isRow }) => isRow) || (own.length && thread.rowId === undefined))
              markReleased([thread])
          }
        },
    )
    const run = ({ table }: ThreadObjects) => table.release(dead.threadId)
    perform(model, real, releaser, { run, effect, partials }, crashPoint)
  },
  toString: () => describe(lane, `dies, and is released by ${byLane} or the supervisor`, crashPoint),
})

export const readAll = (lane: string): Command =>
  command(describe(lane, 'reads everything'), lane, (model, real, thread) => {
    perform(model, real, thread, { run: ({ table }) => compareReadings(model, table) })
  })

// Keys

export const key = (lane: string, [name, spec]: Entry, crashPoint: CrashPoint): Command =>
  command(describe(lane, `key ${name} ${text(spec)}`, crashPoint), lane, (model, real, thread) => {
    const definition = resolve(name, spec)
    const isNew = keyOf(model, name) === undefined
    const publish: Effect = model => define(model, [definition])
    const effect: Effect = (model, thread) => {
      publish(model, thread)
      if (thread.rowId === undefined) thread.requestedKeys.add(name)
      else useOf(name)(model, thread)
    }
    const claimRecord: Effect = (_, thread) => {
      thread.ownsRecord = true
    }
    perform(
      model,
      real,
      thread,
      {
        run({ table }) {
          assert.is(table.key(name, spec), table.key(name, spec))
        },
        refusal: refusalOf(model, [definition]),
        effect,
        partials: isNew ? [claimRecord, publish, effect] : [effect],
      },
      crashPoint,
    )
  })

export const locals = (lane: string, entries: readonly Entry[], crashPoint: CrashPoint): Command => ({
  check(model) {
    if (runningIn(model, lane)?.rowId === undefined) return false
    const definitions = entries.map(([name, spec]) => resolve(name, spec))
    // Dead threads may own so many records that only the first keys can be made. The rest would be refused.
    return refusalOf(model, definitions)?.words.source !== 'records are taken'
  },
  run(model, real) {
    const definitions = entries.map(([name, spec]) => resolve(name, spec))
    const fresh = definitions.filter(({ name }) => !keyOf(model, name))
    const partials = fresh.flatMap((_, count): Effect[] => [
      (model, thread) => {
        define(model, fresh.slice(0, count))
        thread.ownsRecord = true
      },
      model => define(model, fresh.slice(0, count + 1)),
    ])
    perform(
      model,
      real,
      runningIn(model, lane) as ModelThread,
      {
        run({ row, accessors }) {
          const own = (row as Row).locals(Object.fromEntries(entries))
          for (const [name] of entries) accessors.set(name, own)
        },
        refusal: refusalOf(model, definitions),
        effect(model, thread) {
          define(model, definitions)
          // An accessor writes `init` when it is made; that is not yet a use.
          for (const definition of definitions)
            if (!thread.used.has(definition.name)) initialise(thread, definition)
        },
        partials,
      },
      crashPoint,
    )
  },
  toString: () => describe(lane, `locals ${text(Object.fromEntries(entries))}`, crashPoint),
})
