/*
 * `threadslots/labels`: keys that are counted by labels.
 */
import { internal } from './index.js'
import { labelling } from './kinds/labelling.js'

export type { LabelledReading, LabelledSlots, LabelledSpec, LabelsRead } from './index.js'
export {
  type LabelledOptions,
  type LabelNames,
  type LabelsOf,
  type LabelValue,
  labelled,
} from './kinds/labelled.js'

internal.setLabelling(labelling)
