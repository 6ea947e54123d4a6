// HTTP as bytes on a connection of its own, so that a test can send what no client library would.
import { connect, type Socket } from 'node:net'

export interface Answer {
  readonly status: number
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>
  /** One character per byte. */
  readonly body: string
}

export interface Address {
  readonly port: number
  readonly host?: string
}

/** The address in a monitor's URL. */
export function addressOf(url: string): { port: number; host: string } {
  const { port, hostname } = new URL(url)
  return { port: Number(port), host: hostname.replace(/[[\]]/g, '') }
}

/** Resolves when a connection is open. */
export function open({ port, host = '127.0.0.1' }: Address): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host }, () => {
      socket.off('error', reject)
      // The server may cut it at any time.
      socket.on('error', () => {})
      resolve(socket)
    })
    socket.on('error', reject)
  })
}

/** Everything that comes on a connection until it ends, one character per byte. */
export function received(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('latin1').on('data', chunk => {
    text += chunk
  })
  return new Promise(resolve => socket.on('close', () => resolve(text)))
}

/** Sends bytes, and resolves with everything that comes back until the server closes the connection. */
export async function exchange(address: Address, bytes: string | Uint8Array): Promise<string> {
  const socket = await open(address)
  socket.write(bytes)
  return received(socket)
}

export function parseAnswer(text: string): Answer {
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = lines.map(line => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  return { status: Number(statusLine.split(' ')[1]), headers: new Map(headers), body: text.slice(end + 4) }
}

/** Sends such a request as `requestOf` makes, and resolves with the answer. */
export async function ask(address: Address, path: string, lines: readonly string[] = []): Promise<Answer> {
  return parseAnswer(await exchange(address, requestOf('GET', path, lines)))
}

/** A request with a good Host, after whose answer the server closes the connection, unless the lines say otherwise. */
export function requestOf(method: string, path: string, lines: readonly string[] = []): string {
  const defaults = ['Host: localhost', 'Connection: close'].filter(line => {
    const [name = ''] = line.split(' ')
    return !lines.some(given => given.startsWith(name))
  })
  return [`${method} ${path} HTTP/1.1`, ...defaults, ...lines, '', ''].join('\r\n')
}
