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
import { NEXT_THREAD_ID, TABLE_ID } from './memory/layout.js'
import { identityOf } from './memory/slot-types.js'
import {
  isDead,
  isSuspended,
  parkWaiters,
  probeableThreads,
  probeCount,
  setSuspended,
} from './protocol/liveness.js'
import { releaseThread } from './protocol/release.js'

export type { ExitHandlers, Host } from './host/host.js'
export type { WrappedKey } from './memory/histogram.js'
export type { Memory } from './memory/layout.js'

export const internal: {
  readonly growthOf: typeof growthOf
  readonly identityOf: typeof identityOf
  readonly NEXT_THREAD_ID: typeof NEXT_THREAD_ID
  readonly isDead: typeof isDead
  readonly isSuspended: typeof isSuspended
  readonly outOfRange: typeof outOfRange
  readonly parkWaiters: typeof parkWaiters
  readonly probeableThreads: typeof probeableThreads
  readonly probeCount: typeof probeCount
  readonly releaseThread: typeof releaseThread
  readonly requireFunction: typeof requireFunction
  readonly requireNumber: typeof requireNumber
  readonly requireObject: typeof requireObject
  readonly requireOneOf: typeof requireOneOf
  readonly requireWhole: typeof requireWhole
  readonly serverHost: typeof serverHost
  readonly setHistogramWrapper: typeof setHistogramWrapper
  readonly setHost: typeof setHost
  readonly setSuspended: typeof setSuspended
  readonly show: typeof show
  readonly TABLE_ID: typeof TABLE_ID
  readonly wrongType: typeof wrongType
} = {
  growthOf,
  identityOf,
  NEXT_THREAD_ID,
  isDead,
  isSuspended,
  outOfRange,
  parkWaiters,
  probeableThreads,
  probeCount,
  releaseThread,
  requireFunction,
  requireNumber,
  requireObject,
  requireOneOf,
  requireWhole,
  serverHost,
  setHistogramWrapper,
  setHost,
  setSuspended,
  show,
  TABLE_ID,
  wrongType,
}
