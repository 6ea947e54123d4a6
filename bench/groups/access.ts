/*
 * One value: incrementing, reading and writing it, with every contender.
 */
import { kernelBytes } from '../../tools/kernel/bytes.js'
import { asyncLocalStorage } from '../contenders/async-local-storage.js'
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
import {
  type BigintType,
  type Counter,
  contendersOf,
  type NumberType,
  type Operation,
  type ViewType,
} from '../contenders/counter.js'
import { kernelAndAccessor } from '../contenders/kernel.js'
import { largeCounts } from '../contenders/large-counts.js'
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
  prometheusClient,
  prometheusClientLabel,
  sharedMap,
  structurae,
} from '../contenders/packages.js'
import { sharedStruct } from '../contenders/shared-struct.js'
import { accessor, accessorPlus, raw, rawForm, slotAdd, slots16, slotValue } from '../contenders/slots.js'
import type { Group, Scenario } from '../harness/group.js'

type Make<T> = (type: T) => Counter | Promise<Counter>

const OPERATIONS: readonly Operation[] = ['increment', 'read', 'write']
const VIEW_TYPES: readonly ViewType[] = ['u32', 'i32', 'f64', 'f32']
const BIGINT_TYPES: readonly BigintType[] = ['u64', 'i64']
const KERNEL_TYPES = ['i32', 'i64', 'f64'] as const
const OTHER_FORMS = 'increment, other forms'

const NUMBERS: readonly Make<ViewType>[] = [
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
  prometheusClient,
  prometheusClientLabel,
]
/** A count has no typed array of its own. */
const COUNTS: readonly Make<NumberType>[] = [
  nothing,
  accessor,
  slotAdd,
  slotValue,
  slots16,
  plainObject,
  classField,
  moduleVariable,
  map,
  promClient,
  prometheusClient,
]
/** Where larger counts start: one that no small integer holds, and one with two words. */
const LARGE = { 'from 2^31': 2 ** 31, 'from 2^40': 2 ** 40 }
/**
 * Contenders without `bigint` in their names hold numbers here too, as a program would use them if it needs
 * no more than 53 bits.
 */
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
  prometheusClient,
  prometheusClientLabel,
]

export const group: Group = {
  name: 'access',
  question: 'What does one value cost: to add 1 to it, to read it, to write it?',
  scenarios: [
    ...OPERATIONS.flatMap(operation => [
      scenario(operation, 'count', COUNTS),
      ...VIEW_TYPES.map(type => scenario(operation, type, NUMBERS)),
      ...BIGINT_TYPES.map(type => scenario(operation, type, BIGINTS)),
    ]),
    // Separate scenarios, so that they run in processes of their own: what V8 learns about a getter from its
    // first use would affect the other forms.
    ...VIEW_TYPES.map(type => scenario('increment', type, [accessorPlus], OTHER_FORMS)),
    ...BIGINT_TYPES.map(type => scenario('increment', type, [bigintAccessorPlusPlus], OTHER_FORMS)),
    // For information: the flag changes how V8 compiles everything, so only this contender runs under it.
    ...OPERATIONS.map(operation => ({
      ...scenario(operation, 'u32', [sharedStruct]),
      v8Flags: ['--harmony-struct'],
    })),
    ...Object.entries(LARGE).map(
      ([column, start]): Scenario => ({
        table: 'increment of a large count',
        column,
        measure: meter => meter.race(largeCounts(start)),
      }),
    ),
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
      const counters = await meter.makeAvailable(makers, type)
      meter.race(counters.flatMap(counter => contendersOf(counter, operation)))
    },
  }
}
