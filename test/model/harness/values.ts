// What threads do with their slots.

import type { Key, Row } from 'threadslots'
import * as assert from 'uvu/assert'
import { isBigint } from '../../support/helpers.js'
import { type Amount, type Command, type Moment, said, used } from './command.js'
import { cellsIn, type Real, type Thread, text } from './compare.js'
import {
  cellsOf,
  coerce,
  initialise,
  keyOf,
  type Life,
  type Model,
  type ModelKey,
  type Scalar,
  store,
  use,
} from './model.js'
import { type Effect, perform, runningIn } from './operations.js'

const valueFor = ({ type }: ModelKey, amount: Amount): Scalar => amount[isBigint(type) ? 1 : 0]

/** A command of a thread that has a row, on a key that is there. */
const commandOnKey = (
  line: string,
  lane: string,
  name: string,
  run: (context: { model: Model; real: Real; life: Life; key: ModelKey; row: Row; thread: Thread }) => void,
): Command => ({
  check: model => runningIn(model, lane)?.rowId !== undefined && keyOf(model, name) !== undefined,
  run(model, real) {
    const life = runningIn(model, lane) as Life
    const thread = real.threads.get(life.threadId) as Thread
    run({ model, real, life, key: keyOf(model, name) as ModelKey, row: thread.row as Row, thread })
  },
  toString: () => line,
})

/** The library's key of a name, as this thread has it. */
const keyIn = ({ table }: Thread, name: string): Key<'f64'> =>
  table.keys().find(key => key.name === name) as Key<'f64'>

export const byteAddress = (lane: string, name: string, moment: Moment): Command =>
  commandOnKey(said(lane, `byteAddress of ${name}`, moment), lane, name, ({ model, real, life, key }) => {
    const run = (thread: Thread) => {
      const row = thread.row as Row
      assert.is(row.byteAddress(keyIn(thread, name)), row.u8.byteOffset + key.byteOffset)
    }
    perform(model, real, life, { run, effect: used(name), partials: [used(name)] }, moment)
  })

export const assign = (lane: string, name: string, isAdded: boolean, amount: Amount): Command =>
  commandOnKey(said(lane, `local.${name} ${isAdded ? '+' : ''}= ${text(amount)}`), lane, name, context => {
    const { model, real, life, key, thread } = context
    const own = thread.accessors.get(name)
    const value = valueFor(key, amount)
    const old = cellsOf(life, key)[0] as Scalar
    if (!own || key.length) return
    const run = () => {
      if (isAdded) (own[name] as number) += value as number
      else own[name] = value
    }
    const effect: Effect = (_, life) => {
      life.used.add(name)
      store(life, key, 0, isAdded ? (old as number) + (value as number) : value)
    }
    perform(model, real, life, { run, effect })
  })

export type HandleMethod = 'set' | 'add' | 'min' | 'max' | 'reset'

export const handle = (
  lane: string,
  name: string,
  method: HandleMethod,
  amount: Amount,
  moment: Moment,
): Command =>
  commandOnKey(
    said(lane, `slot(${name}).${method} ${text(amount)}`, moment),
    lane,
    name,
    ({ model, real, life, key }) => {
      // min and max ask for a value of the type.
      const isExact = method === 'min' || method === 'max'
      const value = isExact ? coerce(key.type, valueFor(key, amount)) : valueFor(key, amount)
      const run = (thread: Thread) => {
        const slot = (thread.row as Row).slot(keyIn(thread, name))
        if (method === 'reset') slot.reset()
        else if (key.length) return
        else if (method === 'set') slot.value = value as number
        else slot[method](value as number)
      }
      const effect: Effect = (_, life) => {
        use(life, key)
        const old = cellsOf(life, key)[0] as Scalar
        if (method === 'reset') initialise(life, key)
        else if (key.length) return
        else if (method === 'set') store(life, key, 0, value)
        else if (method === 'add') store(life, key, 0, (old as number) + (value as number))
        else if (method === 'min' ? value < old : value > old) store(life, key, 0, value)
      }
      // A vector's reset closes with a fence: a thread that ends there has done all of it.
      perform(model, real, life, { run, effect, partials: [used(name), effect] }, moment)
    },
  )

export type Way = 'accessor' | 'handle' | 'view'

/** One element, by whichever way the thread has: of a vector, or by the view of any key. */
export const element = (lane: string, name: string, way: Way, at: number, amount: Amount): Command =>
  commandOnKey(said(lane, `${name}[${at} mod length] = ${text(amount)}, by ${way}`), lane, name, context => {
    const { model, real, life, key, row, thread } = context
    const index = at % (key.length ?? 1)
    const own = thread.accessors.get(name)
    if (way !== 'view' && (!key.length || (way === 'accessor' && !own))) return
    const value = valueFor(key, amount) as number
    const run = () => {
      const vector = {
        accessor: () => (own as { [name: string]: unknown })[name] as Uint32Array,
        handle: () => row.slot(keyIn(thread, name)).value as unknown as Uint32Array,
        view: () => cellsIn(row, key),
      }[way]()
      vector[index] = value
    }
    const effect: Effect = (_, life) => {
      if (way === 'handle') use(life, key)
      // The accessor has written `init` when it was made.
      if (way === 'accessor') life.used.add(name)
      store(life, key, index, value)
    }
    perform(model, real, life, { run, effect })
  })
