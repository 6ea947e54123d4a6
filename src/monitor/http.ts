/*
 * An HTTP server that is safe to leave open: it answers GET and HEAD alone, knows a fixed list of paths, and limits what a
 * client may send, how long it may take, and how many clients there are.
 *
 * A connection carries one request at a time. A client that sends many at once would otherwise cause more answers than it
 * takes, and these would pile up in the program's memory.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIP, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { ResolvedOptions } from './options.js'

/** Answers requests for one path. */
export type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

export type Routes = ReadonlyMap<string, Route>

const MAX_HEADER_BYTES = 8192
/** Connections that wait for a request. One more, and the oldest of them is cut: a new client always gets through. */
const MAX_WAITING = 128
/** Requests that are being answered. The others are told to try again. */
const MAX_ANSWERS = 128

/** Shorter bodies aren't worth compressing. */
const MIN_GZIP_BYTES = 1024

const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  // Scripts and styles come from the monitor itself, and none is inline.
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

/**
 * Starts a server, and resolves once it listens.
 * @param clientMs milliseconds in which a client has to send its request, and then to take the answer. Shorter in tests.
 * @throws {Error} if it can't listen there, with `code`.
 */
export function listen(
  routes: Routes,
  { port, host, allowedHosts }: Pick<ResolvedOptions, 'port' | 'host' | 'allowedHosts'>,
  clientMs = 10_000,
): Promise<Server> {
  const names = new Set(['localhost', host.toLowerCase(), ...allowedHosts])
  /** The oldest first. */
  const waiting = new Set<Socket>()
  let answers = 0
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: clientMs,
      requestTimeout: clientMs,
      connectionsCheckingInterval: clientMs / 10,
    },
    (request, response) => {
      const { socket } = request
      // Sent before the one before it was answered.
      if (!waiting.delete(socket)) return void socket.destroy()
      answers++
      // A client that takes a byte now and then keeps the connection moving, but not for longer than this. Streams don't end.
      const timer = setTimeout(() => response.writableEnded && response.destroy(), clientMs)
      response.on('close', () => {
        clearTimeout(timer)
        answers--
        // Clients' connections stay open: fetch in some versions of Node 24 throws an error that can't be caught if a server
        // closes one while an answer is still being read (https://github.com/nodejs/undici/issues/5360).
        if (!socket.destroyed) waiting.add(socket)
      })
      if (answers > MAX_ANSWERS)
        return sendText(request, response, 503, `${MAX_ANSWERS} requests are being answered`)
      answer(routes, names, request, response).catch(error => {
        // A fault in one answer, such as a damaged table, mustn't end the thread.
        if (response.headersSent) response.destroy()
        else sendText(request, response, 500, `${error}`)
      })
    },
  )
  server.on('connection', (socket: Socket) => {
    waiting.add(socket)
    socket.on('close', () => waiting.delete(socket))
    const [oldest] = waiting
    if (waiting.size > MAX_WAITING) oldest?.destroy()
  })
  // A connection on which nothing moves is cut, even in the middle of an answer.
  server.timeout = clientMs
  return new Promise((resolve, reject) => {
    // Once it listens, an error is a connection that couldn't be accepted, because the program has no file descriptors left.
    server.on('error', reject)
    // `exclusive`, or a process of a cluster would share the port with its siblings.
    server.listen({ port, host, exclusive: true }, () => resolve(server))
  })
}

async function answer(
  routes: Routes,
  names: ReadonlySet<string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const [name, value] of Object.entries(COMMON_HEADERS)) response.setHeader(name, value)
  // Nobody sends a body with GET. If one comes nevertheless, it is thrown away.
  request.resume()
  const refusal = refusalOf(names, request)
  if (refusal) return sendText(request, response, 403, refusal)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    return sendText(request, response, 405, `${request.method} is not supported; use GET or HEAD`)
  }
  const path = `${request.url}`.replace(/\?.*/, '')
  const route = routes.get(path)
  if (!route) {
    return sendText(request, response, 404, `no such path; there are ${[...routes.keys()].join(', ')}`)
  }
  await route(request, response)
}

/** Why a request is refused; undefined if it isn't. */
function refusalOf(
  names: ReadonlySet<string>,
  { headers, headersDistinct, httpVersion }: IncomingMessage,
): string | undefined {
  const hosts = headersDistinct.host ?? []
  // Browsers always send one host. Some health checks still use HTTP/1.0 and send none.
  const isNameless = hosts.length === 0 && httpVersion === '1.0'
  const name = hostName(hosts.join(' and '))
  if (!isNameless && !isIP(name) && !names.has(name)) {
    const use = 'localhost, an IP address, or a name in the option allowedHosts'
    return `the host ${JSON.stringify(name)} is not allowed here; use ${use}`
  }
  const site = headers['sec-fetch-site'] ?? 'none'
  if (site === 'same-origin' || site === 'none' || headers['sec-fetch-dest'] === 'document') return undefined
  return 'pages of other sites may link here, but not load anything'
}

/** The name or address in a Host header, without the port and without the dot that ends a fully qualified name. */
const hostName = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')

export const sendText = (
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): void => send(request, response, status, 'text/plain; charset=utf-8', `${text}\n`)

export const sendJson = (
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  value: unknown,
): void => send(request, response, status, 'application/json', `${JSON.stringify(value, null, 2)}\n`)

/** Sends a whole answer, compressed if the client likes. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Uint8Array,
): void {
  let bytes = typeof body === 'string' ? Buffer.from(body) : body
  response.setHeader('content-type', type)
  response.setHeader('vary', 'accept, accept-encoding')
  if (bytes.length >= MIN_GZIP_BYTES && acceptsGzip(request)) {
    response.setHeader('content-encoding', 'gzip')
    // In this thread: the pool of threads behind the asynchronous functions may be what the program has exhausted.
    bytes = gzipSync(bytes, { level: 1 })
  }
  response.setHeader('content-length', bytes.length)
  response.writeHead(status)
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

/** True if the client accepts gzip, unless it says so with a quality of 0. */
const acceptsGzip = ({ headers }: IncomingMessage): boolean =>
  `${headers['accept-encoding'] ?? ''}`.split(',').some(coding => {
    const [name = '', quality = ''] = coding.toLowerCase().split(';')
    return /^\s*(x-)?gzip\s*$/.test(name) && !/^\s*q=0(\.0*)?\s*$/.test(quality)
  })
