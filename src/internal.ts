/*
 * What the package's other entries take from the core besides its public API. They reach it as `internal` through
 * index.ts, so that a bundle contains the core, and its state, once.
 */
export {
  outOfRange,
  requireBigint,
  requireFunction,
  requireNumber,
  requireObject,
  requireOneOf,
  requireWhole,
  show,
  wrongType,
} from './memory/errors.js'
export { setHistogramWrapper, type WrappedKey } from './memory/histogram.js'
