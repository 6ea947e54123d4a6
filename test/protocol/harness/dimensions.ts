// The table of the protocol's tests: as small as its threads and keys allow, since it is copied for each schedule.
import type { Dimensions } from '../../../src/memory/layout.js'

export const dimensions: Dimensions = { maxThreads: 9, rowBytes: 96, maxKeys: 11 }
