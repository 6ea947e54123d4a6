/*
 * The contenders of the group `browsers`: increments with this library, and with what a program would use
 * otherwise.
 */
import { kernelBytes } from '../../tools/kernel/bytes.js'
import type { Contender } from '../harness/meter.js'
import { atomics } from './atomics.js'
import { bigintAccessor } from './bigints.js'
import { type Counter, contendersOf } from './counter.js'
import { kernelAndAccessor } from './kernel.js'
import { builtKeyMap, classField, map, plainObject } from './objects.js'
import { accessor, raw, slotAdd } from './slots.js'

export type MakeContender = () => Contender | Promise<Contender>

const increment =
  (make: () => Counter): MakeContender =>
  () =>
    contendersOf(make(), 'increment')[0] as Contender

/** By name, in the order in which they are shown. */
export const INCREMENTS: ReadonlyMap<string, MakeContender> = new Map([
  ['local.x++, u32', increment(() => accessor('u32'))],
  ['local.x++, i32', increment(() => accessor('i32'))],
  ['local.x++, f64', increment(() => accessor('f64'))],
  ['local.x += 1n, i64', increment(() => bigintAccessor('i64'))],
  ['slot.add(1), u32', increment(() => slotAdd('u32'))],
  ['array[i]++, Float64Array', increment(() => raw('f64'))],
  ['object.x++', increment(plainObject)],
  ['object.x++, class field', increment(classField)],
  ['Map, constant key', increment(map)],
  ['Map, built string key', increment(builtKeyMap)],
  ['Atomics.add, no other thread writing', increment(() => atomics('i32'))],
  ['WebAssembly, i32', async () => kernelAndAccessor('i32', await kernelBytes())[0] as Contender],
])
