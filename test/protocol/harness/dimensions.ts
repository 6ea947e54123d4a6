// The dimensions of the table under test. It is as small as its threads and keys allow, because every schedule copies it.
import type { Dimensions } from '../../../src/memory/layout.js'

export const dimensions: Dimensions = { maxThreads: 9, rowBytes: 160, maxKeys: 18 }
