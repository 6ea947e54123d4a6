/*
 * `/events`: readings as a stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendText } from './http.js'
import type { Readings } from './readings.js'
import { MAX_INTERVAL_MS, MIN_INTERVAL_MS, type WireEvents } from './wire.js'

const MAX_STREAMS = 16
const DEFAULT_INTERVAL_MS = 1000
/** Milliseconds after an event in which the client has to take something of it. */
const CLIENT_MS = 10_000

export class EventStream {
  readonly #readings: Readings
  #streams = 0

  constructor(readings: Readings) {
    this.#readings = readings
  }

  /** Sends events until the client goes: `keys` whenever there are new ones, and a `reading` at intervals. */
  add(request: IncomingMessage, response: ServerResponse): void {
    const given = new URLSearchParams((request.url as string).split('?')[1]).get('interval')
    const intervalMs = Number(given ?? DEFAULT_INTERVAL_MS)
    if (!(intervalMs >= MIN_INTERVAL_MS && intervalMs <= MAX_INTERVAL_MS)) {
      const use = `milliseconds, ${MIN_INTERVAL_MS} to ${MAX_INTERVAL_MS}`
      sendText(request, response, 400, `interval is ${JSON.stringify(given)}; use ${use}`)
      return
    }
    if (this.#streams >= MAX_STREAMS) {
      response.setHeader('retry-after', 10)
      sendText(request, response, 503, `there are ${MAX_STREAMS} streams already`)
      return
    }
    const next = this.#reader()
    // Before anything is sent, so that a failure gets a status of its own.
    const first = next()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    // A client that takes nothing is cut. The time begins again with each event.
    request.socket.setTimeout(intervalMs + CLIENT_MS)
    // The browser tries again after this time.
    response.write(`retry: 1000\n\n${first}`)
    const timer = setInterval(() => {
      // A client that is slower than its readings gets fewer of them.
      if (response.writableNeedDrain) return
      try {
        // As bytes, which don't fill this thread's heap while they wait for the client.
        response.write(Buffer.from(next()))
      } catch {
        // The client learns the reason when it connects again.
        response.destroy()
      }
    }, intervalMs)
    this.#streams++
    response.on('close', () => {
      clearInterval(timer)
      this.#streams--
    })
  }

  /** A function that returns the events that a client doesn't have yet. */
  #reader(): () => string {
    let keyCount = -1
    const event = <N extends keyof WireEvents>(name: N, data: WireEvents[N]) =>
      `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
    return () => {
      const reading = event('reading', this.#readings.read())
      const keys = this.#readings.keys()
      if (keys.length === keyCount) return reading
      keyCount = keys.length
      return event('keys', keys) + reading
    }
  }
}
