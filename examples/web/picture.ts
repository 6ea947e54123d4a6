/*
 * The canvas. Shows the frames inside one another, at the zoom's position, with an outline around each tile
 * that is being painted.
 */
import { Camera } from './camera.js'
import type { WorkerReading } from './counters.js'
import type { Film } from './film.js'
import { FRAMES, HEIGHT, places, TILE_SIDE, WIDTH, ZOOM } from './fractal.js'
import { colourOf } from './theme.js'
import { placeOf } from './tiles.js'

/** If the user prefers reduced motion, a still picture is shown for this time. */
const STILL_MS = 8000
const MAX_STEP_SECONDS = 0.5
/** The height of a worker's number, on the screen and as the largest share of its tile. */
const NUMBER_PIXELS = 18
const NUMBER_SHARE = 0.6

export class Picture {
  readonly #film: Film
  readonly #context: CanvasRenderingContext2D
  readonly #camera = new Camera()
  readonly #reducedMotion = matchMedia('(prefers-reduced-motion: reduce)')
  #lastTime = performance.now()
  #stillSince = Number.NEGATIVE_INFINITY

  constructor(canvas: HTMLCanvasElement, film: Film) {
    Object.assign(canvas, { width: WIDTH, height: HEIGHT })
    this.#context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D
    this.#film = film
  }

  /** To be called for each frame of the screen. */
  update(readings: readonly WorkerReading[]): void {
    const time = performance.now()
    this.#film.update()
    this.#film.advance(this.#camera.position)
    // The limit matters when the page was hidden: the zoom goes on from where it was.
    this.#camera.move(this.#film.newest, Math.min(MAX_STEP_SECONDS, (time - this.#lastTime) / 1000))
    this.#lastTime = time
    if (!this.#reducedMotion.matches) this.#draw(readings)
    else if (time - this.#stillSince >= STILL_MS) {
      this.#draw([])
      if (this.#film.newest >= 0) this.#stillSince = time
    }
  }

  #draw(readings: readonly WorkerReading[]): void {
    const { position } = this.#camera
    const first = Math.floor(position)
    for (let frame = first; frame <= this.#film.last; frame++) {
      if (isOneZoom(first, frame))
        this.#place(frame, () => this.#context.drawImage(this.#film.frame(frame), 0, 0))
    }
    // The end of one zoom fades into the start of the next.
    if (!isOneZoom(first, first + 1)) {
      this.#context.globalAlpha = position - first
      this.#place(first + 1, () => this.#context.drawImage(this.#film.frame(first + 1), 0, 0))
      this.#context.globalAlpha = 1
    }
    for (const { worker = 0, job = -1 } of readings) if (job >= 0) this.#outline(worker, job, first)
  }

  #outline(worker: number, job: number, first: number): void {
    const { frame, tile } = placeOf(job)
    if (frame < first || !isOneZoom(first, frame)) return
    this.#place(frame, scale => {
      const { x, y } = places[tile] as { x: number; y: number }
      for (const [width, colour] of [
        [7, '#0009'],
        [3, colourOf(worker)],
      ] as const) {
        this.#context.lineWidth = width / scale
        this.#context.strokeStyle = colour
        this.#context.strokeRect(x, y, TILE_SIDE, TILE_SIDE)
      }
      this.#number(worker, x + TILE_SIDE / 2, y + TILE_SIDE / 2, scale)
    })
  }

  /** Draws the worker's number too, because some of the colours look alike. */
  #number(worker: number, x: number, y: number, scale: number): void {
    const context = this.#context
    const size = Math.min(NUMBER_PIXELS / scale, NUMBER_SHARE * TILE_SIDE)
    Object.assign(context, { textAlign: 'center', textBaseline: 'middle', lineJoin: 'round' })
    context.font = `600 ${size}px system-ui, sans-serif`
    context.lineWidth = size / 4
    context.strokeStyle = '#000c'
    context.strokeText(String(worker), x, y)
    context.fillStyle = '#fff'
    context.fillText(String(worker), x, y)
  }

  /** Calls `draw` with the canvas scaled and moved to a frame. Deeper frames are smaller. */
  #place(frame: number, draw: (scale: number) => void): void {
    const { position } = this.#camera
    const first = Math.floor(position)
    const isLast = !isOneZoom(first, first + 1)
    const scale = isOneZoom(first, frame) ? ZOOM ** ((isLast ? first : position) - frame) : 1
    this.#context.save()
    this.#context.translate(WIDTH / 2, HEIGHT / 2)
    this.#context.scale(scale, scale)
    this.#context.translate(-WIDTH / 2, -HEIGHT / 2)
    draw(scale)
    this.#context.restore()
  }
}

/** True if both frames belong to the same zoom, so that one lies within the other. */
const isOneZoom = (frame: number, other: number): boolean =>
  Math.floor(frame / FRAMES) === Math.floor(other / FRAMES)
