/*
 * The workers: started, ended in the middle of their work, and what becomes of the tile that one had in hand.
 */
import { defaultTable, onThreadExit } from 'threadslots'
import type { Slots, WorkerReading, WorkerValues } from './counters.js'
import type { Orders } from './painter.js'
import type { Tiles } from './tiles.js'

/** `starting` until it counts; `ending` from the order to end until its thread is gone. */
export type State = 'starting' | 'running' | 'ending'

interface Member {
  readonly thread: Worker
  state: State
}

export interface CrewEvents {
  ended(worker: number, values: WorkerValues): void
  failed(worker: number, message: string): void
}

export class Crew {
  readonly #members = new Map<number, Member>()
  readonly #orders: Omit<Orders, 'worker'>
  readonly #events: CrewEvents
  #started = 0

  constructor(local: Slots, tiles: Tiles, pixels: SharedArrayBuffer, events: CrewEvents) {
    this.#orders = { table: defaultTable().buffer, tiles: tiles.buffer, pixels }
    this.#events = events
    onThreadExit(local, ({ values }) => {
      const { worker } = values
      // It died before it began.
      if (worker === undefined) return
      tiles.abandon(worker, values)
      this.#members.delete(worker)
      events.ended(worker, values)
    })
  }

  /** Those that are not gone, by number. */
  get states(): ReadonlyMap<number, State> {
    return new Map([...this.#members].map(([worker, { state }]) => [worker, state]))
  }

  /** @returns its number. */
  start(): number {
    const worker = ++this.#started
    const thread = new Worker(new URL('painter.js', document.baseURI), {
      type: 'module',
      name: `worker ${worker}`,
    })
    this.#members.set(worker, { thread, state: 'starting' })
    thread.addEventListener('error', ({ message }) => {
      thread.terminate()
      this.#members.delete(worker)
      this.#events.failed(worker, message || 'its program could not be loaded')
    })
    thread.postMessage({ ...this.#orders, worker } satisfies Orders)
    return worker
  }

  /** Ends a worker that runs, wherever it is; false if it does not run. That its thread is gone is told later. */
  end(worker: number): boolean {
    const member = this.#members.get(worker)
    if (member?.state !== 'running') return false
    member.state = 'ending'
    member.thread.terminate()
    return true
  }

  /** Who counts, has started. */
  see(readings: readonly WorkerReading[]): void {
    for (const { worker = 0 } of readings) {
      const member = this.#members.get(worker)
      if (member?.state === 'starting') member.state = 'running'
    }
  }
}
