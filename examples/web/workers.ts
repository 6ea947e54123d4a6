/*
 * The painting workers: starts them, terminates them in the middle of their work, and frees the tiles that
 * dead ones had claimed.
 */
import { defaultTable, onThreadExit } from 'threadslots'
import type { Slots, WorkerReading, WorkerValues } from './counters.js'
import type { Orders } from './painter.js'
import type { Tiles } from './tiles.js'

/** `starting` until the worker counts; `ending` from its termination until its thread is known to be dead. */
export type State = 'starting' | 'running' | 'ending'

interface PaintingWorker {
  readonly worker: Worker
  state: State
}

export interface WorkerEvents {
  ended(number: number, values: WorkerValues): void
  failed(number: number, message: string): void
}

/** Workers have numbers, in the order in which they are started, from 1. */
export class PaintingWorkers {
  readonly #workers = new Map<number, PaintingWorker>()
  readonly #orders: Omit<Orders, 'worker'>
  readonly #events: WorkerEvents
  #started = 0

  constructor(local: Slots, tiles: Tiles, pixels: SharedArrayBuffer, events: WorkerEvents) {
    this.#orders = { table: defaultTable().buffer, tiles: tiles.buffer, pixels }
    this.#events = events
    onThreadExit(local, ({ values }) => {
      const { worker: number } = values
      // Undefined if the worker died before it began to count.
      if (number === undefined) return
      tiles.release(number, values)
      this.#workers.delete(number)
      events.ended(number, values)
    })
  }

  /** The states of all workers that have not ended, by number. */
  get states(): ReadonlyMap<number, State> {
    return new Map([...this.#workers].map(([number, { state }]) => [number, state]))
  }

  /** Starts a worker. Returns its number. */
  start(): number {
    const number = ++this.#started
    const worker = new Worker(new URL('painter.js', document.baseURI), {
      type: 'module',
      name: `worker ${number}`,
    })
    this.#workers.set(number, { worker, state: 'starting' })
    worker.addEventListener('error', ({ message }) => {
      worker.terminate()
      this.#workers.delete(number)
      this.#events.failed(number, message || 'its program could not be loaded')
    })
    worker.postMessage({ ...this.#orders, worker: number } satisfies Orders)
    return number
  }

  /**
   * Terminates a running worker, whatever it is doing. Returns false if it is not running. The event `ended`
   * follows once its thread is dead.
   */
  terminate(number: number): boolean {
    const worker = this.#workers.get(number)
    if (worker?.state !== 'running') return false
    worker.state = 'ending'
    worker.worker.terminate()
    return true
  }

  /** A worker that has counted is running. */
  updateStates(readings: readonly WorkerReading[]): void {
    for (const { worker: number = 0 } of readings) {
      const worker = this.#workers.get(number)
      if (worker?.state === 'starting') worker.state = 'running'
    }
  }
}
