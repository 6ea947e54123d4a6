/*
 * Polls by messages: a thread that lets its event loop turn, in which a message may abort a signal.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { MessagePort } from 'node:worker_threads'
import type { Meter } from '../../harness/meter.js'
import { POLL } from './names.js'

const BATCH = 100
const WARM_UP_BATCHES = 20

export class EventLoopPoll {
  readonly #controller = new AbortController()
  readonly #port: MessagePort

  constructor(port: MessagePort) {
    this.#port = port
    port.on('message', () => this.#controller.abort())
  }

  async measure(meter: Meter): Promise<void> {
    for (let batch = 0; batch < WARM_UP_BATCHES; batch++) await this.#poll(BATCH)
    const samples: number[] = []
    const end = performance.now() + meter.milliseconds
    do {
      const started = performance.now()
      const found = await this.#poll(BATCH)
      samples.push(((performance.now() - started) * 1e6) / BATCH)
      if (found > 0) throw new Error('a message has aborted the signal before it was sent')
    } while (performance.now() < end)
    meter.record(POLL.eventLoop, 'ns', samples, { operations: BATCH })
  }

  /** Returns once a poll finds a request. */
  async findRequest(): Promise<void> {
    while ((await this.#poll(1)) === 0);
    this.#port.close()
  }

  async #poll(times: number): Promise<number> {
    const { signal } = this.#controller
    let found = 0
    for (let i = 0; i < times; i++) {
      await turn()
      if (signal.aborted) found++
    }
    return found
  }
}
