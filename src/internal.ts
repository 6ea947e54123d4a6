/*
 * What the package's other entries use of the core besides its public API. They reach it through index.ts, so that a program
 * contains the core, and its state, once. It is a plain object, which bundlers drop from programs that don't use it.
 */
import { host, setHost } from './host/current.js'
import { serverHost } from './host/server.js'
import { defaultTableFor, whenDefaultTable } from './local/default-table.js'
import { growthOf } from './local/growth.js'
import { differenceOf, rateOf } from './local/sampler.js'
import {
  outOfRange,
  requireFunction,
  requireNumber,
  requireObject,
  requireOneOf,
  requireWhole,
  show,
  wrongType,
} from './memory/errors.js'
import { childName } from './memory/expand-spec.js'
import { setHistogramWrapper, wrap } from './memory/histogram.js'
import { OTHER } from './memory/labels.js'
import { NEXT_THREAD_ID, TABLE_ID } from './memory/layout.js'
import { identityOf } from './memory/slot-types.js'
import { internChild, noteOverflow } from './protocol/children.js'
import { FamilyReader } from './protocol/family-reader.js'
import { isEmptyFold } from './protocol/fold.js'
import { type Labelling, labelling, setLabelling } from './protocol/labelling.js'
import {
  isDead,
  isSuspended,
  parkWaiters,
  probeableThreads,
  probeCount,
  setSuspended,
} from './protocol/liveness.js'
import { releaseThread } from './protocol/release.js'
import { RemoteRow } from './protocol/remote-row.js'
import { RowActivity } from './protocol/row-activity.js'

export type { ExitHandlers, Host } from './host/host.js'
export type { WrappedKey } from './memory/histogram.js'
export type { Memory } from './memory/layout.js'
export type { FieldReader } from './protocol/fold.js'
export type { KeyRegistry } from './protocol/keys.js'
export type { LabelledChild, Labelling, OwnFamily } from './protocol/labelling.js'

/** Warns the program, as the host does it. */
const warn = (message: string, code: string): void => host.warn(message, code)

/** A reading of a labelled key, of values that were read before, or elsewhere. Needs `threadslots/labels`. */
const labelledReading: Labelling['reading'] = (...args) => labelling.reading(...args)

export const internal: {
  readonly childName: typeof childName
  readonly defaultTableFor: typeof defaultTableFor
  readonly differenceOf: typeof differenceOf
  readonly FamilyReader: typeof FamilyReader
  readonly growthOf: typeof growthOf
  readonly identityOf: typeof identityOf
  readonly internChild: typeof internChild
  readonly labelledReading: typeof labelledReading
  readonly NEXT_THREAD_ID: typeof NEXT_THREAD_ID
  readonly noteOverflow: typeof noteOverflow
  readonly isDead: typeof isDead
  readonly isEmptyFold: typeof isEmptyFold
  readonly isSuspended: typeof isSuspended
  readonly OTHER: typeof OTHER
  readonly outOfRange: typeof outOfRange
  readonly parkWaiters: typeof parkWaiters
  readonly probeableThreads: typeof probeableThreads
  readonly probeCount: typeof probeCount
  readonly rateOf: typeof rateOf
  readonly releaseThread: typeof releaseThread
  readonly RemoteRow: typeof RemoteRow
  readonly requireFunction: typeof requireFunction
  readonly requireNumber: typeof requireNumber
  readonly requireObject: typeof requireObject
  readonly requireOneOf: typeof requireOneOf
  readonly requireWhole: typeof requireWhole
  readonly RowActivity: typeof RowActivity
  readonly serverHost: typeof serverHost
  readonly setHistogramWrapper: typeof setHistogramWrapper
  readonly setHost: typeof setHost
  readonly setLabelling: typeof setLabelling
  readonly setSuspended: typeof setSuspended
  readonly show: typeof show
  readonly TABLE_ID: typeof TABLE_ID
  readonly warn: typeof warn
  readonly whenDefaultTable: typeof whenDefaultTable
  readonly wrap: typeof wrap
  readonly wrongType: typeof wrongType
} = {
  childName,
  defaultTableFor,
  differenceOf,
  FamilyReader,
  growthOf,
  identityOf,
  internChild,
  labelledReading,
  NEXT_THREAD_ID,
  noteOverflow,
  isDead,
  isEmptyFold,
  isSuspended,
  OTHER,
  outOfRange,
  parkWaiters,
  probeableThreads,
  probeCount,
  rateOf,
  releaseThread,
  RemoteRow,
  requireFunction,
  requireNumber,
  requireObject,
  requireOneOf,
  requireWhole,
  RowActivity,
  serverHost,
  setHistogramWrapper,
  setHost,
  setLabelling,
  setSuspended,
  show,
  TABLE_ID,
  warn,
  whenDefaultTable,
  wrap,
  wrongType,
}
