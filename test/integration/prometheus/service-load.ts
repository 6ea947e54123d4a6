// Sends requests to a worker of the service until all are answered or the worker has died.
import { createRequire } from 'node:module'
import { type Death, METHODS, ROUTES, STATUSES } from './service-counters.js'

const CONNECTIONS = 8
const REQUESTS_PER_CONNECTION = 120

/** How often each answer came. */
export type AnswerCounts = Map<string, number>

/** The part of autocannon's result that is used here. */
export interface LoadResult {
  /** Requests that failed. */
  readonly errors: number
  readonly timeouts: number
  readonly statusCodeStats: { readonly [status: string]: { readonly count: number } }
}

interface LoadRequest {
  readonly method: string
  readonly path: string
  readonly onResponse: (status: number, body: string) => void
}

interface Client {
  setRequests(requests: readonly LoadRequest[]): void
  on(event: 'connError', listener: () => void): void
  destroy(): void
}

interface LoadOptions {
  readonly url: string
  readonly connections: number
  /** The number of requests, of all connections together. */
  readonly amount: number
  readonly setupClient: (client: Client) => void
  /** The seconds after which a request counts as failed. */
  readonly timeout: number
  /** The milliseconds between two looks at whether all connections are done. */
  readonly sampleInt: number
}

/** autocannon has no types. */
const autocannon: (options: LoadOptions) => Promise<LoadResult> = createRequire(import.meta.url)('autocannon')

/**
 * Sends requests over several connections, each of which waits for an answer before it sends the next request. With a death, one
 * of the requests ends the worker.
 *
 * The answers that arrive here are exactly those that the worker has counted:
 *
 * - The worker hands its answer to the kernel in the turn in which it counts the request. The kernel delivers it even if the
 *   worker then dies, unless the worker left something unread on the same connection. It can't have, because the client sends
 *   nothing before it has the answer.
 * - A client reads everything that was delivered before it sees that the connection has ended.
 * - A request without an answer is an error here, and wasn't counted there.
 *
 * A client whose connection has failed gives up, because its worker is dead. autocannon would go on to connect, in vain, and use
 * up its requests.
 */
export function load(
  port: number,
  death: Death | undefined,
  random: (limit: number) => number,
  answers: AnswerCounts,
): Promise<LoadResult> {
  const onResponse = (status: number, body: string) => {
    const answer = body.endsWith(` ${status}`) ? body : `${body}, but with status ${status}`
    answers.set(answer, (answers.get(answer) ?? 0) + 1)
  }
  const randomOf = <T>(values: readonly T[]): T => values[random(values.length)] as T
  const randomRequest = (): LoadRequest => {
    const labels = { method: randomOf(METHODS), route: randomOf(ROUTES), status: randomOf(STATUSES) }
    return { method: labels.method, path: `${labels.route}/${labels.status}`, onResponse }
  }
  let clients = 0
  return autocannon({
    url: `http://127.0.0.1:${port}`,
    connections: CONNECTIONS,
    amount: CONNECTIONS * REQUESTS_PER_CONNECTION,
    timeout: 120,
    sampleInt: 20,
    setupClient(client) {
      const requests = Array.from({ length: REQUESTS_PER_CONNECTION }, randomRequest)
      if (death !== undefined && clients++ === 0) {
        // Somewhere in the second half, so that the worker has counted something.
        const index = REQUESTS_PER_CONNECTION / 2 + random(REQUESTS_PER_CONNECTION / 2)
        requests[index] = { method: 'GET', path: `/${death}/200`, onResponse }
      }
      client.setRequests(requests)
      client.on('connError', () => client.destroy())
    },
  })
}
