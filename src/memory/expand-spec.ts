/*
 * Completing and checking a key's definition.
 */
import { requireNumber, requireObject, requireOneOf, requireWhole, show, wrongType } from './errors.js'
import { type Labels, OTHER } from './labels.js'
import { MAX_HELP_BYTES, MAX_NAME_BYTES, MAX_TABLE_BYTES, MAX_UNIT_BYTES } from './layout.js'
import type { ResolvedSpec, Scalar, SlotSpec } from './schema.js'
import { FOLDS, type Fold, identityOf, SLOT_TYPES, type SlotType, TYPES } from './slot-types.js'

/** Details that a definition may give. */
const DETAILS = 'type, fold, length, init, retire, unit, help'
/** The same, and what `histogram()` adds. */
const ALL_DETAILS: readonly string[] = [...DETAILS.split(', '), 'histogram']

/** The largest finite 32-bit float. */
const MAX_F32 = (2 - 2 ** -23) * 2 ** 127

/**
 * Completes and checks a key's definition.
 * @param name the name of the key's family, if it has labels.
 * @throws {TypeError} if the name is not a well-formed string, or a detail is of the wrong type.
 * @throws {RangeError} if the name takes no bytes or more than 200, or a detail is out of range.
 */
export function expandSpec(family: string, spec: SlotSpec, labels?: Labels): ResolvedSpec {
  requireText('the name of a key', family, 1, MAX_NAME_BYTES)
  const of = `of '${family}'`
  const name = childName(family, labels)
  const details = requireDetails(family, typeof spec === 'string' ? { type: spec } : spec)
  const type = requireOneOf(`the type ${of}`, details.type, SLOT_TYPES)
  // Bytes and texts mean nothing across threads.
  const needsLength = type === 'u8' || type === 'text'
  const folds: readonly Fold[] = needsLength ? ['none'] : FOLDS
  const fold = requireOneOf(`the fold ${of}`, details.fold ?? folds[0], folds)
  const { length, init = identityOf(type, fold), retire = true, unit, help, histogram = 0 } = details
  if (length !== undefined || needsLength) requireWhole(`the length ${of}`, length, 1, MAX_TABLE_BYTES)
  if (length !== undefined && type === 'count')
    throw wrongType(`the length ${of}`, length, "'u32' or 'f64' for a vector of counts")
  requireInit(`the init ${of}`, type, init)
  if (typeof retire !== 'boolean') throw wrongType(`retire ${of}`, retire, 'true or false')
  if (unit !== undefined) requireText(`the unit ${of}`, unit, 1, MAX_UNIT_BYTES)
  if (help !== undefined) requireText(`the help ${of}`, help, 1, MAX_HELP_BYTES)
  requireWhole(`the histogram code ${of}`, histogram, 0, 0x7fffffff)
  return { name, family, labels, type, fold, length, init, retire, unit, help, histogram }
}

/**
 * The name of a key with these labels. The overflow child has that of its family. So a family is defined by that key, and always
 * has it.
 */
export const childName = (family: string, labels: Labels | undefined): string =>
  labels && Object.values(labels).some(value => value !== OTHER) ? family + JSON.stringify(labels) : family

/** A well-formed string whose UTF-8 has a length in a range. */
function requireText(what: string, text: string, minBytes: number, maxBytes: number): void {
  requireName(what, text)
  requireWhole(`the UTF-8 length of ${what} (${show(text)})`, encode(text).length, minBytes, maxBytes)
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
  readonly retire?: boolean
  readonly unit?: string | undefined
  readonly help?: string | undefined
  readonly histogram?: number
}

function requireDetails(name: string, spec: unknown): Details {
  const details = requireObject(`the definition of '${name}'`, spec, `a type, or { ${DETAILS} }`)
  for (const detail of Object.keys(details)) requireOneOf(`a detail of '${name}'`, detail, ALL_DETAILS)
  // Without a prototype, so that a property somebody added to Object.prototype is no detail.
  return Object.assign(Object.create(null), details)
}

function requireInit(what: string, type: SlotType, init: unknown): void {
  if (type === 'f32' || type === 'f64') {
    const bound = type === 'f32' && Number.isFinite(init) ? MAX_F32 : Infinity
    requireNumber(what, init, -bound, bound)
  }
  // A fold's identity is the opposite bound: `min` starts from the largest value.
  else requireWhole(what, init, TYPES[type].max, TYPES[type].min)
}

/** The UTF-8 of a string. */
export const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

/** A definition in words, for messages. */
export function describeSpec(spec: ResolvedSpec): string {
  const { type, fold, length, init, retire, unit, histogram, labels } = spec
  const details = [fold, `init ${init}`]
  if (labels) details.push(`labels ${Object.keys(labels).join(' and ')}`)
  if (!retire) details.push('retire: false')
  if (unit) details.push(`unit '${unit}'`)
  if (histogram) details.push(`histogram ${histogram}`)
  return `${type}${length ? `[${length}]` : ''} (${details.join(', ')})`
}

/** True if two definitions define the same key. A missing unit matches any; the help text makes no difference. */
export const isSameSpec = (a: ResolvedSpec, b: ResolvedSpec): boolean =>
  a.name === b.name &&
  describeSpec({ ...a, unit: b.unit && a.unit }) === describeSpec({ ...b, unit: a.unit && b.unit })
