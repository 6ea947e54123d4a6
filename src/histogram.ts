/*
 * `threadslots/histogram`: keys that hold distributions.
 */
import { internal } from './index.js'
import { wrapHistogram } from './kinds/histogram.js'

export type { Histogram, HistogramOptions, HistogramSlot, HistogramSpec } from './index.js'
export { histogram } from './kinds/histogram.js'

internal.setHistogramWrapper(wrapHistogram)
