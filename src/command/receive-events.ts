/*
 * The client of a monitor's `/events`: a stream of server-sent events.
 */
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { ConnectionError, ProtocolError } from './problems.js'

export interface Limits {
  /** Milliseconds that the server may take to send the first event. */
  readonly answerMs: number
  /** Of one event. */
  readonly maxCharacters: number
}

/** A reading of 1,000 threads with 1,000 keys has some 20 million characters. */
export const LIMITS: Limits = { answerMs: 10_000, maxCharacters: 64 * 2 ** 20 }

/** Of what is not a stream, that much may be part of a message. */
const MAX_ANSWER_CHARACTERS = 200

/**
 * Connects and yields events, until the server ends the stream or the signal aborts it.
 * @throws {ConnectionError} if there is no connection, or it breaks.
 * @throws {ProtocolError} if something else than a stream of events comes.
 */
export async function* receiveEvents(
  url: URL,
  signal: AbortSignal,
  limits: Limits = LIMITS,
): AsyncGenerator<EventSourceMessage> {
  const connection = new Connection(url, signal, limits)
  try {
    const response = await connection.response
    await requireStream(url, response)
    yield* eventsIn(url, response, limits, () => connection.clearTimeout())
  } catch (error) {
    if (signal.aborted) return
    throw error instanceof ProtocolError ? error : connectionError(url, error as NodeJS.ErrnoException)
  } finally {
    connection.destroy()
  }
}

/** A request, with a limit to the time until it is answered. */
class Connection {
  readonly response: Promise<IncomingMessage>
  readonly #request: http.ClientRequest

  constructor(url: URL, signal: AbortSignal, { answerMs }: Limits) {
    const { get } = url.protocol === 'https:' ? https : http
    this.#request = get(url, {
      signal,
      agent: false,
      timeout: answerMs,
      headers: { accept: 'text/event-stream' },
    })
    this.response = new Promise((resolve, reject) => {
      let response: IncomingMessage | undefined
      this.#request.on('response', answer => {
        response = answer
        resolve(answer)
      })
      this.#request.on('error', reject)
      this.#request.on('timeout', () => {
        const error = new ProtocolError(
          `${url.host} sent no reading within ${answerMs / 1000} s; ${IS_IT_ONE}`,
        )
        // An error of the request wouldn't reach who reads the response.
        if (response) response.destroy(error)
        else this.#request.destroy(error)
      })
    })
  }

  clearTimeout(): void {
    this.#request.setTimeout(0)
  }

  destroy(): void {
    this.#request.destroy()
  }
}

const IS_IT_ONE = 'is there a monitor of threadslots?'

/** Events in a response. */
async function* eventsIn(
  url: URL,
  response: IncomingMessage,
  { maxCharacters }: Limits,
  onEvent: () => void,
): AsyncGenerator<EventSourceMessage> {
  const events: EventSourceMessage[] = []
  const parser = createParser({
    maxBufferSize: maxCharacters,
    onEvent: event => events.push(event),
    onError: ({ type }) => {
      // Unknown fields are ignored, as the standard wants it.
      if (type !== 'max-buffer-size-exceeded') return
      throw new ProtocolError(
        `${url.host} sent an event of more than ${maxCharacters} characters; ${IS_IT_ONE}`,
      )
    },
  })
  response.setEncoding('utf8')
  for await (const chunk of response) {
    parser.feed(chunk)
    if (events.length > 0) onEvent()
    yield* events.splice(0)
  }
}

/** @throws {ProtocolError} if the response is not a stream of events. */
async function requireStream(url: URL, response: IncomingMessage): Promise<void> {
  const { statusCode, headers } = response
  const type = headers['content-type'] ?? 'no content type'
  if (statusCode === 200 && type.startsWith('text/event-stream')) return
  const answer = type.startsWith('text/plain') ? `: ${await startOf(response)}` : ` (${type})`
  throw new ProtocolError(`${url.origin}${url.pathname} answers ${statusCode}${answer}; ${IS_IT_ONE}`)
}

/** The first line of a response, or the beginning of it. */
async function startOf(response: IncomingMessage): Promise<string> {
  let text = ''
  response.setEncoding('utf8')
  for await (const chunk of response) {
    text += chunk
    if (text.length > MAX_ANSWER_CHARACTERS) break
  }
  return (text.split('\n')[0] as string).slice(0, MAX_ANSWER_CHARACTERS)
}

function connectionError({ host, port }: URL, { code, message }: NodeJS.ErrnoException): ConnectionError {
  if (code === 'ECONNREFUSED') {
    // A URL leaves out the default port.
    const [monitorPort] = [port, '80'].filter(Boolean)
    const start = `THREADSLOTS_MONITOR=${monitorPort} node --import threadslots/monitor/auto app.js`
    return new ConnectionError(`nothing listens at ${host}; start the program with ${start}`)
  }
  return new ConnectionError(`no monitor at ${host}: ${message}`)
}
