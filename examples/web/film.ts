/*
 * The page's copies of the frames: which tiles workers have painted so far, and which worker painted each.
 */
import { HEIGHT, places, TILE_SIDE, TILES, WIDTH } from './fractal.js'
import { pixelsOf } from './pixels.js'
import { Quality } from './quality.js'
import { BUFFERS, type Tiles } from './tiles.js'

/** A copy of one frame, with the tiles that are painted so far. */
class Layer {
  readonly #context: CanvasRenderingContext2D
  readonly #copied = new Set<number>()
  #frame = -1

  constructor() {
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width: WIDTH, height: HEIGHT })
    this.#context = canvas.getContext('2d') as CanvasRenderingContext2D
  }

  get canvas(): HTMLCanvasElement {
    return this.#context.canvas
  }

  get isComplete(): boolean {
    return this.#copied.size === TILES
  }

  clear(frame: number): void {
    this.#frame = frame
    this.#copied.clear()
    this.#context.clearRect(0, 0, WIDTH, HEIGHT)
  }

  /**
   * Copies the tiles that were painted since the last call. Calls back with the number of each tile's
   * painter.
   */
  update(tiles: Tiles, pixels: Uint8Array, onCopied: (painter: number) => void): void {
    for (let tile = 0; tile < TILES; tile++) {
      const painter = this.#copied.has(tile) ? undefined : tiles.painter(this.#frame, tile)
      if (painter === undefined) continue
      this.#copy(tile, pixels)
      this.#copied.add(tile)
      onCopied(painter)
    }
  }

  #copy(tile: number, pixels: Uint8Array): void {
    const { x, y } = places[tile] as { x: number; y: number }
    // ImageData can't be a view of shared memory.
    const image = new ImageData(TILE_SIDE, TILE_SIDE)
    for (let row = 0; row < TILE_SIDE; row++) {
      const byteIndex = 4 * ((y + row) * WIDTH + x)
      image.data.set(pixels.subarray(byteIndex, byteIndex + 4 * TILE_SIDE), 4 * TILE_SIDE * row)
    }
    this.#context.putImageData(image, x, y)
  }
}

export class Film {
  readonly #tiles: Tiles
  readonly #pixels: SharedArrayBuffer
  /** The frames in progress, and the one before them. */
  readonly #layers = Array.from({ length: BUFFERS + 1 }, () => new Layer())
  readonly #quality = new Quality()
  readonly #painted = new Map<number, number>()
  /** The oldest frame in progress. */
  #oldest = 0
  #newest = -1

  constructor(tiles: Tiles, pixels: SharedArrayBuffer) {
    this.#tiles = tiles
    this.#pixels = pixels
    for (let frame = 0; frame < BUFFERS; frame++) this.#layer(frame).clear(frame)
  }

  /** The last frame that is painted, as all frames before it are; −1 if there is none. */
  get newest(): number {
    return this.#newest
  }

  /**
   * How many tiles each worker has painted, according to the tiles' marks in shared memory instead of the
   * slots.
   */
  get painted(): ReadonlyMap<number, number> {
    return this.#painted
  }

  /** A frame that is shown or in progress. Tiles that are not painted are transparent. */
  frame(frame: number): HTMLCanvasElement {
    return this.#layer(frame).canvas
  }

  /** The newest frame in progress. */
  get last(): number {
    return this.#oldest + BUFFERS - 1
  }

  /** Copies the tiles that were painted since the last call. */
  update(): void {
    for (let frame = this.#oldest; frame <= this.last; frame++) {
      this.#layer(frame).update(this.#tiles, pixelsOf(this.#pixels, frame), painter => {
        this.#painted.set(painter, (this.#painted.get(painter) ?? 0) + 1)
      })
    }
    while (this.#newest < this.last && this.#layer(this.#newest + 1).isComplete) this.#newest++
  }

  /** Replaces frames that the zoom has passed by new ones. */
  advance(position: number): void {
    while (this.#oldest <= Math.min(this.#newest, position)) {
      this.#layer(this.last + 1).clear(this.last + 1)
      this.#tiles.begin(this.last + 1, this.#quality.next(this.#newest - position))
      this.#oldest++
    }
  }

  #layer(frame: number): Layer {
    return this.#layers[frame % this.#layers.length] as Layer
  }
}
