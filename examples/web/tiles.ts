/*
 * Who paints which tile, such that a worker can be ended at any instant, no tile is lost for the picture, and none is
 * counted twice. Some frames are in work at once, each in a buffer of pixels. In shared memory there is, in 4-byte words:
 *
 *   changes    raised when there is something new to claim; whoever found nothing waits for that
 *   paused     1 while nobody shall begin a tile
 *   frames     of each buffer, the number of the frame in it
 *   points     of each buffer, how fine that frame is to be
 *   tiles      of each buffer and tile: 0, it is free; n, worker n has claimed it; −n, worker n has painted it
 *
 * A worker does for each tile, in this order:
 *
 *   1  tiles[i]: 0 → n                   one compareExchange; from here on, the buffer keeps its frame
 *   2  local.tilesBefore ← local.tiles
 *   3  local.job ← the tile's number     it is unique: there is one for each tile of each frame
 *   4  paints, and counts pixels and iterations
 *   5  local.tiles++
 *   6  tiles[i] ← −n
 *
 * If a dead worker's claim stands, it died between 1 and 6. After 5 (`job` is that tile, and `tiles` is more than
 * `tilesBefore`), the tile is painted and counted, and the page takes step 6. Before, it is neither: it is free again.
 */
import type { Slots, WorkerValues } from './counters.js'
import { TILES } from './fractal.js'

/** Frames in work at once. */
export const BUFFERS = 4

const CHANGES = 0
const PAUSED = 1
const FRAMES = 2
const POINTS: number = FRAMES + BUFFERS
const FIRST_TILE: number = POINTS + BUFFERS
const WORDS: number = FIRST_TILE + BUFFERS * TILES

const FREE = 0
/** Some engines end a thread that waits only when it wakes. */
const LONGEST_WAIT_MS = 100

/** A tile of a frame. */
export interface Place {
  readonly frame: number
  readonly tile: number
}

export interface Claim extends Place {
  /** Each pixel is the mean of so many by so many points. */
  readonly points: number
}

export class Tiles {
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array

  /** Opens what another thread made; without a buffer, makes it, with the first frames in work. */
  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(4 * WORDS)
    this.#words = new Int32Array(this.buffer)
    if (!buffer) for (let frame = 0; frame < BUFFERS; frame++) this.begin(frame, 1)
  }

  /** A free tile of the oldest frame that has one, now this worker's. Waits, if there is none; yields to nobody. */
  claim(worker: number): Claim {
    for (;;) {
      const changes = Atomics.load(this.#words, CHANGES)
      const claim = Atomics.load(this.#words, PAUSED) ? undefined : this.#tryToClaim(worker)
      if (claim) return claim
      Atomics.wait(this.#words, CHANGES, changes, LONGEST_WAIT_MS)
    }
  }

  #tryToClaim(worker: number): Claim | undefined {
    const frames = Array.from({ length: BUFFERS }, (_, buffer) => this.#frameIn(buffer))
    for (const frame of frames.sort((a, b) => a - b)) {
      for (let tile = 0; tile < TILES; tile++) {
        const index = indexOf(frame, tile)
        if (Atomics.compareExchange(this.#words, index, FREE, worker) === FREE) {
          // Only now is it certain which frame it is.
          const buffer = frame % BUFFERS
          return { frame: this.#frameIn(buffer), tile, points: Atomics.load(this.#words, POINTS + buffer) }
        }
      }
    }
    return undefined
  }

  /** Steps 2 to 6, for a tile that this worker has claimed. */
  work({ frame, tile }: Place, worker: number, slots: Slots, paint: () => void): void {
    slots.tilesBefore = slots.tiles
    slots.job = jobOf(frame, tile)
    paint()
    slots.tiles++
    Atomics.store(this.#words, indexOf(frame, tile), -worker)
  }

  /** After a worker's death, with its last values: no tile is its own any more. */
  abandon(worker: number, { job, tiles = 0, tilesBefore = 0 }: WorkerValues): void {
    const index = this.#words.indexOf(worker, FIRST_TILE)
    if (index === -1) return
    const frame = this.#frameIn(Math.floor((index - FIRST_TILE) / TILES))
    const isDone = job === jobOf(frame, (index - FIRST_TILE) % TILES) && tiles > tilesBefore
    Atomics.store(this.#words, index, isDone ? -worker : FREE)
    this.#tell()
  }

  /** The worker that painted a tile of a frame in work; undefined if nobody has yet. */
  painter(frame: number, tile: number): number | undefined {
    const word = Atomics.load(this.#words, indexOf(frame, tile))
    return word < 0 ? -word : undefined
  }

  /** Begins a frame, in the buffer of one that is painted and not needed any more, or that there never was. */
  begin(frame: number, points: number): void {
    // Nobody can claim a tile of the buffer until it is there.
    Atomics.store(this.#words, FRAMES + (frame % BUFFERS), frame)
    Atomics.store(this.#words, POINTS + (frame % BUFFERS), points)
    for (let tile = 0; tile < TILES; tile++) Atomics.store(this.#words, indexOf(frame, tile), FREE)
    this.#tell()
  }

  /** From now on nobody begins a tile, or again. */
  pause(isPaused: boolean): void {
    Atomics.store(this.#words, PAUSED, Number(isPaused))
    this.#tell()
  }

  /** True if a worker paints at this moment. */
  get isBusy(): boolean {
    return this.#words.subarray(FIRST_TILE).some(word => word > 0)
  }

  #frameIn(buffer: number): number {
    return Atomics.load(this.#words, FRAMES + buffer)
  }

  #tell(): void {
    Atomics.add(this.#words, CHANGES, 1)
    Atomics.notify(this.#words, CHANGES)
  }
}

const indexOf = (frame: number, tile: number): number => FIRST_TILE + (frame % BUFFERS) * TILES + tile

const jobOf = (frame: number, tile: number): number => frame * TILES + tile

/** The frame and tile of a job. */
export const placeOf = (job: number): Place => ({ frame: Math.floor(job / TILES), tile: job % TILES })
