/*
 * One value: increment, read, write, by every means there is.
 */

import { kernelBytes } from '../../tools/kernel/bytes.js'
import { asyncLocalStorage } from '../contenders/async.js'
import { atomics, bigintAtomics } from '../contenders/atomics.js'
import {
  bigintAccessor,
  bigintAccessorPlusPlus,
  bigintMap,
  bigintObject,
  bigintRaw,
  bigintSlotAdd,
  bigintSlotValue,
} from '../contenders/bigints.js'
import { contend } from '../contenders/contend.js'
import type { BigintType, Counter, NumberType, Operation } from '../contenders/counter.js'
import { kernelAndAccessor } from '../contenders/kernel.js'
import {
  builtKeyMap,
  classField,
  dictionary,
  map,
  map16,
  moduleVariable,
  nestedMap,
  nothing,
  plainObject,
} from '../contenders/objects.js'
import {
  bigintBufferBackedObject,
  bigintStructurae,
  bufferBackedObject,
  promClient,
  promClientLabel,
  sharedMap,
  structurae,
} from '../contenders/packages.js'
import { accessor, accessorPlus, raw, rawForm, slotAdd, slots16, slotValue } from '../contenders/slots.js'
import type { Group, Scenario } from '../harness/group.js'

type Make<T> = (type: T) => Counter | Promise<Counter>

const OPERATIONS: readonly Operation[] = ['increment', 'read', 'write']
const NUMBER_TYPES: readonly NumberType[] = ['u32', 'i32', 'f64', 'f32']
const BIGINT_TYPES: readonly BigintType[] = ['u64', 'i64']
const KERNEL_TYPES = ['i32', 'i64', 'f64'] as const
const OTHERWISE = 'increment, written otherwise'

const NUMBERS: readonly Make<NumberType>[] = [
  nothing,
  accessor,
  slotAdd,
  slotValue,
  slots16,
  raw,
  rawForm,
  plainObject,
  classField,
  dictionary,
  moduleVariable,
  map,
  map16,
  nestedMap,
  builtKeyMap,
  asyncLocalStorage,
  atomics,
  bufferBackedObject,
  structurae,
  sharedMap,
  promClient,
  promClientLabel,
]
/** What is not called after bigints holds numbers here, too: as a program would that has no need of 64 bits. */
const BIGINTS: readonly Make<BigintType>[] = [
  nothing,
  bigintAccessor,
  bigintSlotAdd,
  bigintSlotValue,
  bigintRaw,
  bigintObject,
  plainObject,
  classField,
  dictionary,
  moduleVariable,
  bigintMap,
  map,
  map16,
  nestedMap,
  builtKeyMap,
  asyncLocalStorage,
  bigintAtomics,
  bigintBufferBackedObject,
  bigintStructurae,
  sharedMap,
  promClient,
  promClientLabel,
]

export const group: Group = {
  name: 'access',
  question: 'What does one value cost: to add 1 to it, to read it, to write it?',
  scenarios: [
    ...OPERATIONS.flatMap(operation => [
      ...NUMBER_TYPES.map(type => scenario(operation, type, NUMBERS)),
      ...BIGINT_TYPES.map(type => scenario(operation, type, BIGINTS)),
    ]),
    // In processes of their own: V8 learns what a getter gives from whoever asked it first.
    ...NUMBER_TYPES.map(type => scenario('increment', type, [accessorPlus], OTHERWISE)),
    ...BIGINT_TYPES.map(type => scenario('increment', type, [bigintAccessorPlusPlus], OTHERWISE)),
    ...KERNEL_TYPES.map(
      (type): Scenario => ({
        table: 'increment by WebAssembly',
        column: type,
        measure: async meter => meter.race(kernelAndAccessor(type, await kernelBytes())),
      }),
    ),
  ],
}

function scenario<T extends string>(
  operation: Operation,
  type: T,
  makers: readonly Make<T>[],
  table: string = operation,
): Scenario {
  return {
    table,
    column: type,
    async measure(meter) {
      const counters = await meter.available(makers, type)
      meter.race(counters.flatMap(counter => contend(operation, counter)))
    },
  }
}
