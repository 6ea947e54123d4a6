/*
 * The pixels of the frames in progress, in shared memory.
 */
import { HEIGHT, WIDTH } from './fractal.js'
import { BUFFERS } from './tiles.js'

const FRAME_BYTES: number = 4 * WIDTH * HEIGHT

export const makePixels = (): SharedArrayBuffer => new SharedArrayBuffer(BUFFERS * FRAME_BYTES)

/** The pixels of a frame in progress. */
export const pixelsOf = (pixels: SharedArrayBuffer, frame: number): Uint8Array<SharedArrayBuffer> =>
  new Uint8Array(pixels, (frame % BUFFERS) * FRAME_BYTES, FRAME_BYTES)
