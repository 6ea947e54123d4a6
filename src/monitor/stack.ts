/*
 * `/stack`: where the main thread is while it is blocked.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendJson, sendText } from './http.js'
import { askMainThread, type MainStack } from './main-stack.js'
import type { ResolvedOptions } from './options.js'
import { type Place, SourceMaps } from './source-maps.js'
import type { Watcher } from './watcher.js'

/** A frame of the main thread's stack. */
export interface StackFrame {
  /** As `error.stack` shows it: `render`, `Queue.push`, `new Parser`. Missing in the main part of a module. */
  readonly functionName?: string
  /** A URL, or the path that a script of CommonJS has. Missing in functions of the runtime that have no source. */
  readonly url?: string
  readonly line?: number
  readonly column?: number
}

/** The answer of `/stack` as JSON. */
export interface BlockedStack {
  /** When the main thread's event loop last turned: ISO 8601. */
  readonly since: string
  readonly forMs: number
  /** Milliseconds from the question to the answer. The main thread was interrupted for less than that. */
  readonly answeredInMs: number
  readonly frames: readonly StackFrame[]
}

/** A main thread whose event loop turned more recently isn't interrupted. */
const MIN_BLOCKED_MS = 250
/** How long the main thread may take to answer. It takes about a millisecond, unless it is in a native call. */
const TIMEOUT_MS = 500
/**
 * From the end of one question to the next. It doubles with each that isn't answered: in a native call, questions pile up, and
 * the main thread answers all of them afterwards.
 */
const MIN_INTERVAL_MS = 1000
const MAX_INTERVAL_MS = 60_000

export class StackRoute {
  readonly #watcher: Pick<Watcher, 'statuses'>
  readonly #isEnabled: boolean
  readonly #whyNot: string | undefined
  /** When the main thread may be asked again. Infinity while it is being asked. */
  #readyAt = 0
  #intervalMs = MIN_INTERVAL_MS

  /** @param whyNot why the main thread can't be asked, as `whyNoStack` says. */
  constructor(
    watcher: Pick<Watcher, 'statuses'>,
    { stack }: Pick<ResolvedOptions, 'stack'>,
    whyNot: string | undefined,
  ) {
    this.#watcher = watcher
    this.#isEnabled = stack
    this.#whyNot = whyNot
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (status: number, why: string) => sendText(request, response, status, why)
    if (!this.#isEnabled)
      return refuse(403, 'the stack is not shown here; to enable it, use monitor({ stack: true })')
    if (this.#whyNot) return refuse(501, this.#whyNot)
    if (request.method === 'HEAD') {
      response.setHeader('allow', 'GET')
      return refuse(405, '')
    }
    const blockedMs = this.#watcher.statuses.find(({ threadId }) => threadId === 0)?.blockedMs
    if (blockedMs === undefined)
      return refuse(409, 'the main thread is not watched; call watchEventLoop() of threadslots/monitor in it')
    if (blockedMs < MIN_BLOCKED_MS) return refuse(409, `the main thread is not blocked${turned(blockedMs)}`)
    const waitMs = this.#readyAt - performance.now()
    if (waitMs > 0) {
      const seconds = Math.ceil(Math.min(waitMs, this.#intervalMs) / 1000)
      response.setHeader('retry-after', seconds)
      return refuse(429, `the main thread is not interrupted so often; ask again in ${seconds} s`)
    }
    let answer: MainStack | undefined
    this.#readyAt = Infinity
    try {
      answer = await askMainThread(TIMEOUT_MS)
    } catch (error) {
      return refuse(501, `the main thread can't be asked where it is: ${(error as Error).message}`)
    } finally {
      this.#intervalMs = answer ? MIN_INTERVAL_MS : Math.min(2 * this.#intervalMs, MAX_INTERVAL_MS)
      this.#readyAt = performance.now() + this.#intervalMs
    }
    if (!answer) return refuse(504, `${NATIVE}${turned(blockedMs)}`)
    if (answer.frames.length === 0) return refuse(409, 'the main thread is no longer blocked')
    const stack = {
      since: new Date(Date.now() - blockedMs).toISOString(),
      forMs: blockedMs,
      answeredInMs: Math.round(answer.answeredInMs * 100) / 100,
      frames: framesOf(answer.frames, answer.isMapped),
    }
    if (request.headers.accept?.includes('application/json')) sendJson(request, response, 200, stack)
    else sendText(request, response, 200, textOf(stack))
  }
}

const NATIVE =
  `the main thread has not answered for ${TIMEOUT_MS} ms: it is in a native call that nothing can interrupt, ` +
  'such as JSON.parse of a long text, a synchronous function of fs or child_process, or an add-on'

const turned = (blockedMs: number) => `; its event loop last turned ${blockedMs} ms ago`

function framesOf(lines: readonly string[], isMapped: boolean): StackFrame[] {
  const maps = new SourceMaps()
  return lines.map(line => {
    const { functionName, place } = parseFrame(line)
    return { ...(functionName && { functionName }), ...(place && isMapped ? maps.original(place) : place) }
  })
}

/** Parses a line of a stack: `render (file:///app/page.js:12:5)`, `/app/page.js:12:5` or `Array.map (<anonymous>)`. */
export function parseFrame(line: string): { functionName?: string; place?: Place } {
  const [, functionName, inner] = line.match(/^(.*?) \((.*)\)$/) ?? []
  const [, url, row, column] = (inner ?? line).match(/^(?:async )?(.*):(\d+):(\d+)$/) ?? []
  return {
    ...(functionName !== undefined && { functionName }),
    ...(url !== undefined && { place: { url, line: Number(row), column: Number(column) } }),
  }
}

const textOf = ({ since, forMs, answeredInMs, frames }: BlockedStack): string =>
  [
    `The main thread has been blocked since ${since}, for ${forMs} ms. It told where it is within ${answeredInMs} ms.`,
    ...frames.map(({ functionName, url, line, column }) => {
      const place = url === undefined ? '<anonymous>' : `${url}:${line}:${column}`
      return functionName === undefined ? place : `${functionName} (${place})`
    }),
  ].join('\n    at ')
