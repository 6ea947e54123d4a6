/*
 * The picture: a zoom into the Mandelbrot set, frame by frame. This module has no state, and knows nothing
 * about threads.
 */
import { addColour } from './palette.js'

/** The size of a frame, in pixels. */
export const WIDTH = 768
export const HEIGHT = 448
/** Tiles are squares of this many pixels. */
export const TILE_SIDE = 64
const COLUMNS: number = WIDTH / TILE_SIDE
export const TILES: number = COLUMNS * (HEIGHT / TILE_SIDE)

/**
 * The zoom leads down the seahorse valley, past double spirals, to the centre of a small copy of the set
 * (period 39).
 */
const CENTRE_X = -0.7436423016578859
const CENTRE_Y = 0.13182651981259472
const FIRST_WIDTH = 4.2
/** A frame shows a part of the plane that is smaller than the frame before by this factor. */
export const ZOOM = 1.5
/**
 * The number of frames of one zoom. In the last one, the small copy fills half of the width. Then the zoom
 * starts again.
 */
export const FRAMES = 33

/** Large enough for smooth colours. */
const ESCAPE_RADIUS_SQUARED = 2 ** 12

export interface View {
  readonly width: number
  /** The maximum number of steps for one point. */
  readonly maxIterations: number
  /** Each pixel is the mean of `points` × `points` points. */
  readonly points: number
}

export interface Rectangle {
  readonly x: number
  readonly y: number
}

/** What is counted while painting. A thread's slots are a tally. */
export interface Tally {
  pixels: number
  iterations: number
  /** The largest number of steps that a point took to escape. */
  deepest: number
}

/** What a frame shows. Frame numbers go on through all zooms. */
export function viewOf(frame: number, points: number): View {
  const depth = frame % FRAMES
  return { width: FIRST_WIDTH / ZOOM ** depth, maxIterations: 400 + 70 * depth, points }
}

/** The tiles' positions, in pixels, from the middle outwards: the zoom shows the middle longest. */
export const places: readonly Rectangle[] = Array.from({ length: TILES }, (_, i) => ({
  x: (i % COLUMNS) * TILE_SIDE,
  y: Math.floor(i / COLUMNS) * TILE_SIDE,
})).sort((a, b) => fromMiddle(a) - fromMiddle(b))

function fromMiddle({ x, y }: Rectangle): number {
  return Math.hypot(x + TILE_SIDE / 2 - WIDTH / 2, y + TILE_SIDE / 2 - HEIGHT / 2)
}

/**
 * Paints a tile of a view.
 * @param pixels the frame's pixels by rows, four bytes each: red, green, blue, alpha.
 */
export function paintTile(view: View, tile: number, pixels: Uint8Array, tally: Tally): void {
  const { x, y } = places[tile] as Rectangle
  const colour = new Float64Array(3)
  for (let row = y; row < y + TILE_SIDE; row++) {
    for (let column = x; column < x + TILE_SIDE; column++) {
      paintPixel(view, column, row, colour, tally)
      const byteIndex = 4 * (row * WIDTH + column)
      // A square root is close to the gamma curve of screens.
      for (let i = 0; i < 3; i++) pixels[byteIndex + i] = 255 * Math.sqrt(colour[i] as number) + 0.5
      pixels[byteIndex + 3] = 255
    }
  }
}

function paintPixel(view: View, column: number, row: number, colour: Float64Array, tally: Tally): void {
  const { width, maxIterations, points } = view
  const pixelWidth = width / WIDTH
  colour.fill(0)
  for (let point = 0; point < points * points; point++) {
    const across = column + ((point % points) + 0.5) / points - WIDTH / 2
    const down = row + (Math.floor(point / points) + 0.5) / points - HEIGHT / 2
    const steps = escapeTime(
      CENTRE_X + across * pixelWidth,
      CENTRE_Y - down * pixelWidth,
      maxIterations,
      tally,
    )
    if (steps !== Number.POSITIVE_INFINITY) addColour(steps, 1 / (points * points), colour)
  }
  tally.pixels++
}

/**
 * The number of steps in which z ← z² + c escapes, as a real number that changes smoothly with the point.
 * Infinite if z has not escaped.
 */
function escapeTime(x: number, y: number, maxIterations: number, tally: Tally): number {
  if (isInMainBodies(x, y)) return Number.POSITIVE_INFINITY
  let [re, im] = [0, 0]
  let [reSquared, imSquared] = [0, 0]
  let steps = 0
  while (steps < maxIterations) {
    steps++
    im = 2 * re * im + y
    re = reSquared - imSquared + x
    reSquared = re * re
    imSquared = im * im
    const squared = reSquared + imSquared
    if (squared > ESCAPE_RADIUS_SQUARED) {
      tally.iterations += steps
      if (steps > tally.deepest) tally.deepest = steps
      return steps - Math.log2(Math.log2(squared) / Math.log2(ESCAPE_RADIUS_SQUARED))
    }
  }
  tally.iterations += steps
  return Number.POSITIVE_INFINITY
}

/** True in the main cardioid of the set and in its largest disc, from which no point escapes. */
function isInMainBodies(x: number, y: number): boolean {
  const distance = (x - 0.25) ** 2 + y * y
  return distance * (distance + x - 0.25) <= 0.25 * y * y || (x + 1) ** 2 + y * y <= 1 / 16
}
