// The monitor's stream of events, with readings that a test makes up.
import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { EventStream } from '../../src/monitor/events.js'
import { listen } from '../../src/monitor/http.js'
import type { Readings } from '../../src/monitor/readings.js'
import { type Address, ask, exchange, open, parseAnswer, received, requestOf } from '../support/raw-http.js'

const readings = { keys: ['a'], count: 0, size: 0, failure: undefined as Error | undefined }

/** Each reading has the next number, and as many letters as the test wants. */
const fake = {
  keys: () => readings.keys,
  read() {
    if (readings.failure) throw readings.failure
    return { count: ++readings.count, padding: 'x'.repeat(readings.size) }
  },
} as unknown as Readings

let server: Server
let address: Address

test.before(async () => {
  const stream = new EventStream(fake)
  const routes = new Map([['/events', stream.add.bind(stream)]])
  server = await listen(routes, { port: 0, host: '127.0.0.1', allowedHosts: [] })
  address = server.address() as AddressInfo
})

test.before.each(() => {
  Object.assign(readings, { keys: ['a'], count: 0, size: 0, failure: undefined })
})

test.after(() => {
  server.closeAllConnections()
  server.close()
})

/** Starts a stream, whose events are taken one by one. */
async function subscribe(query = '?interval=100'): Promise<{
  socket: Socket
  next(): Promise<{ event: string | undefined; data: unknown }>
}> {
  const socket = await open(address)
  const events: EventSourceMessage[] = []
  let notify = () => {}
  const onEvent = (event: EventSourceMessage) => {
    events.push(event)
    notify()
  }
  const parser = createParser({ onEvent })
  socket.setEncoding('utf8').on('data', chunk => parser.feed(String(chunk)))
  // Without chunks of HTTP, whose sizes the parser would take for fields.
  socket.write(requestOf('GET', `/events${query}`).replace('HTTP/1.1', 'HTTP/1.0'))
  return {
    socket,
    async next() {
      while (events.length === 0) {
        await new Promise<void>(resolve => {
          notify = resolve
        })
      }
      const { event, data } = events.shift() as EventSourceMessage
      return { event, data: JSON.parse(data) }
    },
  }
}

/** Resolves when the server has noticed that its clients are gone. */
async function whenAllGone(): Promise<void> {
  const count = () => new Promise<number>(resolve => server.getConnections((_, count) => resolve(count)))
  while ((await count()) > 0) await new Promise(setImmediate)
}

test('a stream begins with all keys, and sends them again once there are more', async () => {
  const { socket, next } = await subscribe()
  const numbered = async () => {
    const { event, data } = await next()
    return [event, (data as { count: number }).count]
  }
  assert.equal(await next(), { event: 'keys', data: ['a'] })
  assert.equal(await numbered(), ['reading', 1])
  assert.equal(await numbered(), ['reading', 2])
  readings.keys = ['a', 'b']
  let event = await next()
  while (event.event === 'reading') event = await next()
  assert.equal(event, { event: 'keys', data: ['a', 'b'] })
  assert.is((await numbered())[0], 'reading')
  assert.is((await numbered())[0], 'reading')
  socket.destroy()
  await whenAllGone()
})

test('readings stop when the client is gone', async () => {
  const { socket, next } = await subscribe()
  await next()
  await next()
  socket.destroy()
  await whenAllGone()
  const { count } = readings
  // Several intervals of another client.
  const other = await subscribe()
  for (let i = 0; i < 6; i++) await other.next()
  assert.is(readings.count, count + 5)
  other.socket.destroy()
  await whenAllGone()
})

test('an interval that is out of range is refused with a message', async () => {
  for (const interval of ['99', '60001', '', 'x', 'NaN', '-1000', 'Infinity', '%00']) {
    const { status, body } = await ask(address, `/events?interval=${interval}`)
    assert.is(status, 400, interval)
    assert.match(body, /^interval is ".*"; use milliseconds, 100 to 60000\n$/)
  }
  const { socket, next } = await subscribe('?interval=60000')
  await next()
  socket.destroy()
  await whenAllGone()
})

test('HEAD has the headers of a stream, and doesn’t begin one', async () => {
  const { status, headers, body } = parseAnswer(await exchange(address, requestOf('HEAD', '/events')))
  assert.equal([status, headers.get('content-type'), body], [200, 'text/event-stream', ''])
})

test('there are at most 16 streams, until one of them ends', async () => {
  const streams = await Promise.all(Array.from({ length: 16 }, () => subscribe()))
  for (const { next } of streams) await next()
  const { status, headers, body } = await ask(address, '/events')
  assert.equal([status, headers.get('retry-after'), body], [503, '10', 'there are 16 streams already\n'])
  const [first, ...others] = streams
  const closed = received(first?.socket as Socket)
  first?.socket.destroy()
  await closed
  // The server notices a moment later.
  let again = await ask(address, '/nowhere')
  while (again.status !== 200) again = parseAnswer(await exchange(address, requestOf('HEAD', '/events')))
  for (const { socket } of others) socket.destroy()
  await whenAllGone()
})

test('a client that takes nothing gets no further readings until it takes some', async () => {
  readings.size = 2 ** 20
  const { socket, next } = await subscribe()
  await next()
  socket.pause()
  // Other clients' intervals pass meanwhile. The kernel's buffers take some megabytes.
  const other = await subscribe()
  for (let i = 0; i < 40; i++) await other.next()
  const { count } = readings
  for (let i = 0; i < 5; i++) await other.next()
  assert.ok(readings.count <= count + 6, `${readings.count - count} readings for 5 of the other client`)
  socket.resume()
  const first = readings.count
  let last = 0
  while (last <= first) last = ((await next()).data as { count: number }).count
  socket.destroy()
  other.socket.destroy()
  await whenAllGone()
})

test('a reading that fails is answered with 500; a stream that has begun is cut', async () => {
  const stream = await open(address)
  const all = received(stream)
  stream.write(requestOf('GET', '/events?interval=100'))
  await new Promise(resolve => stream.once('data', resolve))
  readings.failure = new TypeError('key 3 is damaged')
  assert.not.match(await all, 'damaged')
  const { status, body } = await ask(address, '/events')
  assert.equal([status, body], [500, 'TypeError: key 3 is damaged\n'])
})

test.run()
