/*
 * Decides which worker paints which tile. A worker can be terminated at any instant; the picture still gets
 * every tile, and no tile is counted twice. Several frames are in progress at once, each in a buffer of
 * pixels. The shared memory consists of 4-byte words:
 *
 *   changes    raised when there is something new to claim; workers that found nothing wait for that
 *   paused     1 while no worker may begin a tile
 *   frames     for each buffer, the number of the frame in it
 *   points     for each buffer, how fine that frame is to be
 *   tiles      for each buffer and tile: 0 if it is free, n if worker n has claimed it, −n if worker n has painted it
 *
 * For each tile, a worker takes these steps in this order:
 *
 *   1  tiles[i]: 0 → n                   one compareExchange; from here on, the buffer keeps its frame
 *   2  local.tilesBefore ← local.tiles
 *   3  local.job ← the tile's number     the number is unique among the tiles of all frames
 *   4  paint, and count pixels and iterations
 *   5  local.tiles++
 *   6  tiles[i] ← −n
 *
 * A dead worker's claim is still there if the worker died between steps 1 and 6. If it died after step 5
 * (`job` is that tile, and `tiles` is more than `tilesBefore`), the tile is painted and counted, and the page
 * takes step 6. If it died before, the tile is neither painted nor counted, and becomes free again.
 */
import type { Slots, WorkerValues } from './counters.js'
import { TILES } from './fractal.js'

/** The number of frames in progress at once. */
export const BUFFERS = 4

const CHANGES = 0
const PAUSED = 1
const FRAMES = 2
const POINTS: number = FRAMES + BUFFERS
const FIRST_TILE: number = POINTS + BUFFERS
const WORDS: number = FIRST_TILE + BUFFERS * TILES

const FREE = 0
/** Some engines can't terminate a waiting thread until it wakes. */
const LONGEST_WAIT_MS = 100

/** A tile of a frame. */
export interface Place {
  readonly frame: number
  readonly tile: number
}

export interface Claim extends Place {
  /** Each pixel is the mean of `points` × `points` points. */
  readonly points: number
}

export class Tiles {
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array

  /**
   * Opens the buffer that another thread made. Without one, makes a new buffer and begins the first frames.
   */
  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(4 * WORDS)
    this.#words = new Int32Array(this.buffer)
    if (!buffer) for (let frame = 0; frame < BUFFERS; frame++) this.begin(frame, 1)
  }

  /** Claims a free tile of the oldest frame that has one. If there is none, blocks until there is. */
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
          // Read again: only after the claim does the buffer keep its frame.
          const buffer = frame % BUFFERS
          return { frame: this.#frameIn(buffer), tile, points: Atomics.load(this.#words, POINTS + buffer) }
        }
      }
    }
    return undefined
  }

  /** Takes steps 2 to 6, for a tile that this worker has claimed. `paint` paints it. */
  work({ frame, tile }: Place, worker: number, slots: Slots, paint: () => void): void {
    slots.tilesBefore = slots.tiles
    slots.job = jobOf(frame, tile)
    paint()
    slots.tiles++
    Atomics.store(this.#words, indexOf(frame, tile), -worker)
  }

  /**
   * Releases a dead worker's claim, given its last values: the tile becomes free, or painted if the worker
   * had counted it.
   */
  release(worker: number, { job, tiles = 0, tilesBefore = 0 }: WorkerValues): void {
    const index = this.#words.indexOf(worker, FIRST_TILE)
    if (index === -1) return
    const frame = this.#frameIn(Math.floor((index - FIRST_TILE) / TILES))
    const isDone = job === jobOf(frame, (index - FIRST_TILE) % TILES) && tiles > tilesBefore
    Atomics.store(this.#words, index, isDone ? -worker : FREE)
    this.#notify()
  }

  /** The worker that painted a tile of a frame in progress; undefined if it is not painted yet. */
  painter(frame: number, tile: number): number | undefined {
    const word = Atomics.load(this.#words, indexOf(frame, tile))
    return word < 0 ? -word : undefined
  }

  /** Begins a frame. Its buffer must be new, or hold a frame that is painted and not needed any more. */
  begin(frame: number, points: number): void {
    // The tiles become free last, so that no worker can claim one before the frame is set.
    Atomics.store(this.#words, FRAMES + (frame % BUFFERS), frame)
    Atomics.store(this.#words, POINTS + (frame % BUFFERS), points)
    for (let tile = 0; tile < TILES; tile++) Atomics.store(this.#words, indexOf(frame, tile), FREE)
    this.#notify()
  }

  /** Keeps workers from claiming tiles, or lets them go on. */
  pause(isPaused: boolean): void {
    Atomics.store(this.#words, PAUSED, Number(isPaused))
    this.#notify()
  }

  /** True if a worker is painting. */
  get isBusy(): boolean {
    return this.#words.subarray(FIRST_TILE).some(word => word > 0)
  }

  #frameIn(buffer: number): number {
    return Atomics.load(this.#words, FRAMES + buffer)
  }

  #notify(): void {
    Atomics.add(this.#words, CHANGES, 1)
    Atomics.notify(this.#words, CHANGES)
  }
}

const indexOf = (frame: number, tile: number): number => FIRST_TILE + (frame % BUFFERS) * TILES + tile

const jobOf = (frame: number, tile: number): number => frame * TILES + tile

/** The frame and the tile of a job. */
export const placeOf = (job: number): Place => ({ frame: Math.floor(job / TILES), tile: job % TILES })
