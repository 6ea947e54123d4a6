// A server that a test scripts: what a monitor sends, or what something else sends in its place.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WireKey, WireReading, WireThread, WireValues } from '../../src/monitor/wire.js'
import { wireKey } from './wire-keys.js'

type Answer = (response: ServerResponse, request: IncomingMessage) => void

export class FakeMonitor {
  readonly #server: Server
  /** Connections so far. */
  requests: IncomingMessage[] = []
  /** What it does with each request. */
  answer: Answer
  port = 0
  #response: ServerResponse | undefined
  #onRequest = (): void => {}

  private constructor(answer: Answer) {
    this.answer = answer
    this.#server = createServer((request, response) => {
      this.requests.push(request)
      this.#response = response
      this.answer(response, request)
      this.#onRequest()
    })
  }

  /** Starts it. By default, it opens a stream of events, and `send` sends them. */
  static async start(answer: Answer = openStream): Promise<FakeMonitor> {
    const monitor = new FakeMonitor(answer)
    monitor.#server.listen(0, '127.0.0.1')
    await once(monitor.#server, 'listening')
    monitor.port = (monitor.#server.address() as AddressInfo).port
    return monitor
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.port}/`)
  }

  /** Waits until there have been this number of requests. */
  async requested(count = 1): Promise<void> {
    while (this.requests.length < count) await new Promise<void>(resolve => (this.#onRequest = resolve))
  }

  send(event: string, data: unknown): void {
    this.#response?.write(
      `event: ${event}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`,
    )
  }

  /** Breaks the connection, and goes on to listen. */
  cut(): void {
    this.#response?.destroy()
  }

  /** Ends as a process that is killed does: nobody listens any more. */
  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

export const openStream = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write('retry: 1000\n\n')
}

let keyIds = 0

/** A key, with the next id. By default it is a counter. */
export const keyOf = (name: string, details: Partial<WireKey> = {}): WireKey =>
  wireKey(name, { keyId: keyIds++, ...details })

export const threadOf = (
  threadId: number,
  values: WireValues,
  details: Partial<WireThread> = {},
): WireThread => ({
  threadId,
  state: 'running',
  unchangedMs: 0,
  values,
  ...details,
})

/** A reading `seconds` after the process's start. */
export const readingOf = (
  seconds: number,
  totals: WireValues,
  threads: readonly WireThread[] = [],
  details: Partial<WireReading> = {},
): WireReading => ({
  timeMs: 1_700_000_000_000,
  uptimeMs: 1000 * seconds,
  pid: 4242,
  isHealthy: true,
  threads,
  retired: {},
  totals,
  ...details,
})
