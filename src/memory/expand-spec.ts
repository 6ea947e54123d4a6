/*
 * Completing and checking a key's definition.
 */
import { requireNumber, requireObject, requireOneOf, requireWhole, wrongType } from './errors.js'
import { MAX_NAME_BYTES, MAX_TABLE_BYTES } from './layout.js'
import type { ResolvedSpec, Scalar, SlotSpec } from './schema.js'
import { FOLDS, type Fold, identityOf, SLOT_TYPES, type SlotType, TYPES } from './slot-types.js'

/** Details that a definition may give. */
const DETAILS: readonly string[] = ['type', 'fold', 'length', 'init', 'histogram']

/** The largest finite 32-bit float. */
const MAX_F32 = (2 - 2 ** -23) * 2 ** 127

/**
 * Completes and checks a key's definition.
 * @throws {TypeError} if the name is not a well-formed string, or the type, fold, length or init is of the wrong type.
 * @throws {RangeError} if the name takes no bytes or more than 88, or the length or init is out of range.
 */
export function expandSpec(name: string, spec: SlotSpec): ResolvedSpec {
  requireName('the name of a key', name)
  requireWhole(`the UTF-8 length of the name '${name}'`, encodeName(name).length, 1, MAX_NAME_BYTES)
  const of = `of '${name}'`
  const details = typeof spec === 'string' ? { type: spec } : requireDetails(name, spec)
  const type = requireOneOf(`the type ${of}`, details.type, SLOT_TYPES)
  // Bytes hold text or flags, which mean nothing across threads.
  const folds: readonly Fold[] = type === 'u8' ? ['none'] : FOLDS
  const fold = requireOneOf(`the fold ${of}`, details.fold ?? folds[0], folds)
  const { length, init = identityOf(type, fold), histogram = 0 } = details
  if (length !== undefined || type === 'u8') requireWhole(`the length ${of}`, length, 1, MAX_TABLE_BYTES)
  requireWhole(`the histogram code ${of}`, histogram, 0, 0x7fffffff)
  return { name, type, fold, length, init: requireInit(`the init ${of}`, type, init), histogram }
}

/**
 * A string that can be stored as UTF-8, where all lone surrogates would become the same bytes.
 * @throws {TypeError} if the name is anything else.
 */
export function requireName(what: string, name: unknown): void {
  if (typeof name === 'string' && name.isWellFormed()) return
  throw wrongType(what, name, 'a well-formed string')
}

interface Details {
  readonly type?: SlotType
  readonly fold?: Fold
  readonly length?: number
  readonly init?: Scalar
  readonly histogram?: number
}

function requireDetails(name: string, spec: unknown): Details {
  const use = 'a type, or { type, fold, length, init }'
  const details = requireObject(`the definition of '${name}'`, spec, use)
  for (const detail of Object.keys(details)) requireOneOf(`a detail of '${name}'`, detail, DETAILS)
  return details
}

function requireInit(what: string, type: SlotType, init: unknown): Scalar {
  if (type === 'f32' || type === 'f64') {
    const bound = type === 'f32' && Number.isFinite(init) ? MAX_F32 : Infinity
    return requireNumber(what, init, -bound, bound)
  }
  // A fold's identity is the opposite bound: `min` starts from the largest value.
  return requireWhole(what, init, TYPES[type].max, TYPES[type].min)
}

export const encodeName = (name: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(name)

/** A definition in words, for messages. Two definitions of one name are the same if their words are. */
export const describeSpec = ({ type, fold, length, init, histogram }: ResolvedSpec): string =>
  `${type}${length ? `[${length}]` : ''} (${fold}, init ${init}${histogram ? `, histogram ${histogram}` : ''})`
