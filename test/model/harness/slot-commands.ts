// Commands with which threads use their slots.
import type { Key, Row } from 'threadslots'
import * as assert from 'uvu/assert'
import { isBigintType } from '../../support/slot-types.js'
import { type Amount, type Command, type CrashPoint, describe, useOf } from './command.js'
import { cellsIn, type Real, type ThreadObjects, text } from './compare.js'
import {
  type Cell,
  cellsOf,
  coerce,
  initialise,
  isCount,
  keyOf,
  type Model,
  type ModelKey,
  type ModelThread,
  type Refusal,
  type Scalar,
  store,
  use,
} from './model.js'
import { type Effect, perform, runningIn } from './perform.js'

const valueFor = ({ type }: ModelKey, amount: Amount): Cell =>
  amount[type === 'text' ? 2 : isBigintType(type) ? 1 : 0]

/** The error for a value that a count can't hold; undefined if the key can hold the value. */
const refusalFor = ({ name, type }: ModelKey, value: Cell): Refusal | undefined =>
  type === 'count' && !isCount(value)
    ? { Kind: RangeError, words: new RegExp(`the value of '${name}' is .*; use a whole number`) }
    : undefined

/** A command of a thread that has a row, on a key that exists. */
const commandOnKey = (
  line: string,
  lane: string,
  name: string,
  run: (context: {
    model: Model
    real: Real
    thread: ModelThread
    key: ModelKey
    row: Row
    objects: ThreadObjects
  }) => void,
): Command => ({
  check: model => runningIn(model, lane)?.rowId !== undefined && keyOf(model, name) !== undefined,
  run(model, real) {
    const thread = runningIn(model, lane) as ModelThread
    const objects = real.threads.get(thread.threadId) as ThreadObjects
    run({ model, real, thread, key: keyOf(model, name) as ModelKey, row: objects.row as Row, objects })
  },
  toString: () => line,
})

/** The library's key object of a name, from this thread's table. */
const keyIn = ({ table }: ThreadObjects, name: string): Key<'f64'> =>
  table.keys().find(key => key.name === name) as Key<'f64'>

export const byteAddress = (lane: string, name: string, crashPoint: CrashPoint): Command =>
  commandOnKey(
    describe(lane, `byteAddress of ${name}`, crashPoint),
    lane,
    name,
    ({ model, real, thread, key }) => {
      const run = (objects: ThreadObjects) => {
        const row = objects.row as Row
        assert.is(row.byteAddress(keyIn(objects, name)), row.u8.byteOffset + key.byteOffset)
      }
      perform(model, real, thread, { run, effect: useOf(name), partials: [useOf(name)] }, crashPoint)
    },
  )

export const assign = (lane: string, name: string, isAdded: boolean, amount: Amount): Command =>
  commandOnKey(
    describe(lane, `local.${name} ${isAdded ? '+' : ''}= ${text(amount)}`),
    lane,
    name,
    context => {
      const { model, real, thread, key, objects } = context
      const own = objects.accessors.get(name)
      const value = valueFor(key, amount)
      const old = cellsOf(thread, key)[0] as Cell
      if (!own || (key.length && key.type !== 'text')) return
      const result = isAdded ? (old as number) + (value as number) : value
      const run = () => {
        if (isAdded) (own[name] as number) += value as number
        else own[name] = value
      }
      const effect: Effect = (_, thread) => {
        thread.used.add(name)
        store(thread, key, 0, result)
      }
      perform(model, real, thread, { run, effect, refusal: refusalFor(key, result) })
    },
  )

type HandleMethod = 'set' | 'add' | 'min' | 'max' | 'reset'

export const handle = (
  lane: string,
  name: string,
  method: HandleMethod,
  amount: Amount,
  crashPoint: CrashPoint,
): Command =>
  commandOnKey(
    describe(lane, `slot(${name}).${method} ${text(amount)}`, crashPoint),
    lane,
    name,
    ({ model, real, thread, key }) => {
      // `min` and `max` require a value that the type can hold.
      const mustFit = method === 'min' || method === 'max'
      const given = valueFor(key, amount)
      const isText = key.type === 'text'
      if (isText && method !== 'set' && method !== 'reset') return
      const value = (mustFit ? coerce(key.type, given as Scalar) : given) as Scalar
      const before = thread.used.has(name) ? (cellsOf(thread, key)[0] as Scalar) : key.init
      const isKept = (method === 'min' && !(value < before)) || (method === 'max' && !(value > before))
      const result = method === 'add' ? (before as number) + (value as number) : value
      const refusal = method === 'reset' || isKept ? undefined : refusalFor(key, result)
      // Asking for the handle would be the first use, so not everything would be refused.
      if (refusal && !thread.used.has(name)) return
      const run = (objects: ThreadObjects) => {
        const slot = (objects.row as Row).slot(keyIn(objects, name))
        if (method === 'reset') slot.reset()
        else if (key.length && !isText) return
        else if (method === 'set') slot.value = value as number
        else slot[method](value as number)
      }
      const effect: Effect = (_, thread) => {
        use(thread, key)
        const old = cellsOf(thread, key)[0] as Scalar
        if (method === 'reset') initialise(thread, key)
        else if (key.length && !isText) return
        else if (method === 'set') store(thread, key, 0, value)
        else if (method === 'add') store(thread, key, 0, (old as number) + (value as number))
        else if (method === 'min' ? value < old : value > old) store(thread, key, 0, value)
      }
      // Resetting a vector ends with a fence. A thread that crashes there has done all of it.
      perform(model, real, thread, { run, effect, refusal, partials: [useOf(name), effect] }, crashPoint)
    },
  )

type AccessPath = 'accessor' | 'handle' | 'view'

/** Assigns one element: of a vector through its accessor or handle, or of any key through the row's view. */
export const element = (lane: string, name: string, path: AccessPath, at: number, amount: Amount): Command =>
  commandOnKey(
    describe(lane, `${name}[${at} mod length] = ${text(amount)}, through the ${path}`),
    lane,
    name,
    context => {
      const { model, real, thread, key, row, objects } = context
      const index = at % (key.length ?? 1)
      const own = objects.accessors.get(name)
      if (key.type === 'text' || (path !== 'view' && (!key.length || (path === 'accessor' && !own)))) return
      const value = valueFor(key, amount) as number
      if (refusalFor(key, value)) return
      const run = () => {
        const vector = {
          accessor: () => (own as { [name: string]: unknown })[name] as Uint32Array,
          handle: () => row.slot(keyIn(objects, name)).value as unknown as Uint32Array,
          view: () => cellsIn(row, key),
        }[path]()
        if (key.type === 'count') (vector as unknown as BigUint64Array)[index] = BigInt(value)
        else vector[index] = value
      }
      const effect: Effect = (_, thread) => {
        if (path === 'handle') use(thread, key)
        // The accessor wrote `init` when it was made.
        if (path === 'accessor') thread.used.add(name)
        store(thread, key, index, value)
      }
      perform(model, real, thread, { run, effect })
    },
  )
