/*
 * What the package's other entries use of the core besides its public API. They reach it through index.ts, so that a program
 * contains the core, and its state, once. It is a plain object, which bundlers drop from programs that don't use it.
 */
import { setHost } from './host/current.js'
import { serverHost } from './host/server.js'
import { growthOf } from './local/growth.js'
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
import { setHistogramWrapper } from './memory/histogram.js'
import { NEXT_THREAD_ID, TABLE_ID, waitWordAddress, waitWordCount } from './memory/layout.js'
import { identityOf } from './memory/slot-types.js'
import { releaseThread } from './protocol/release.js'

export type { ExitHandlers, Host } from './host/host.js'
export type { WrappedKey } from './memory/histogram.js'
export type { Memory } from './memory/layout.js'

export const internal: {
  readonly growthOf: typeof growthOf
  readonly identityOf: typeof identityOf
  readonly NEXT_THREAD_ID: typeof NEXT_THREAD_ID
  readonly outOfRange: typeof outOfRange
  readonly releaseThread: typeof releaseThread
  readonly requireFunction: typeof requireFunction
  readonly requireNumber: typeof requireNumber
  readonly requireObject: typeof requireObject
  readonly requireOneOf: typeof requireOneOf
  readonly requireWhole: typeof requireWhole
  readonly serverHost: typeof serverHost
  readonly setHistogramWrapper: typeof setHistogramWrapper
  readonly setHost: typeof setHost
  readonly show: typeof show
  readonly TABLE_ID: typeof TABLE_ID
  readonly waitWordAddress: typeof waitWordAddress
  readonly waitWordCount: typeof waitWordCount
  readonly wrongType: typeof wrongType
} = {
  growthOf,
  identityOf,
  NEXT_THREAD_ID,
  outOfRange,
  releaseThread,
  requireFunction,
  requireNumber,
  requireObject,
  requireOneOf,
  requireWhole,
  serverHost,
  setHistogramWrapper,
  setHost,
  show,
  TABLE_ID,
  waitWordAddress,
  waitWordCount,
  wrongType,
}
