// The monitor's HTTP server, with routes of its own instead of a table.
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { listen, type Route, send, sendText } from '../../src/monitor/http.js'
import { type Address, ask, exchange, open, parseAnswer, received, requestOf } from '../support/raw-http.js'

const LONG = 'long '.repeat(1000)
/** More than the kernel takes from a server whose client doesn't read. */
const HUGE = Buffer.alloc(64 * 2 ** 20, 'huge')
const CLIENT_MS = 400

/** Answers that were closed, whether or not they were complete. */
let whenClosed = Promise.resolve()
let hugeAnswers = 0

const routes = new Map<string, Route>([
  ['/', (request, response) => sendText(request, response, 200, 'page')],
  ['/short', (request, response) => sendText(request, response, 200, 'short')],
  ['/long', (request, response) => send(request, response, 200, 'text/plain', LONG)],
  [
    '/huge',
    (request, response) => {
      hugeAnswers++
      whenClosed = new Promise(resolve => response.on('close', resolve))
      send(request, response, 200, 'text/plain', HUGE)
    },
  ],
  [
    '/throws',
    () => {
      throw new TypeError('key 3 is damaged')
    },
  ],
  ['/rejects', async () => Promise.reject(new RangeError('too many values'))],
  [
    '/breaks-off',
    (_, response) => {
      response.writeHead(200)
      response.write('begun')
      throw new Error('too late for a status')
    },
  ],
])

const options = { port: 0, host: '127.0.0.1', allowedHosts: ['app', 'app.example.org'] }
let server: Server
let address: Address

test.before(async () => {
  server = await listen(routes, options, CLIENT_MS)
  address = server.address() as AddressInfo
})

test.after(() => {
  server.closeAllConnections()
  server.close()
})

const statusWith = async (lines: readonly string[], path = '/short') =>
  (await ask(address, path, lines)).status

test('requests are answered under localhost, IP addresses and allowed names, with or without a port', async () => {
  const names = [
    'localhost',
    'LocalHost',
    'localhost.',
    '127.0.0.1',
    '127.0.0.1.',
    '10.1.2.3',
    '0.0.0.0',
    '[::1]',
  ]
  for (const name of [...names, '[fe80::1]', 'app', 'APP.example.org', 'app.example.org.']) {
    for (const host of [name, `${name}:9464`, `${name}:`])
      assert.is(await statusWith([`Host: ${host}`]), 200, host)
  }
})

test('requests under any other name are refused, because a web page may have sent them', async () => {
  const hosts = [
    'evil.example',
    'localhost.evil.example',
    'evil.example:80',
    'xlocalhost',
    'app.example.org.evil',
  ]
  const malformed = [
    'user@localhost',
    'localhost:80:80',
    'localhost:x',
    '[::1',
    '::1]',
    '[localhost',
    'localhost..',
  ]
  // Browsers write these as 127.0.0.1.
  const unusual = ['127.1', '2130706433', '0x7f.0.0.1', '0177.0.0.1', '127.0.0.1.nip.io']
  for (const host of [...hosts, ...malformed, ...unusual, 'localhost, evil.example', 'localhost/', '']) {
    const { status, body } = await ask(address, '/short', [`Host: ${host}`])
    assert.is(status, 403, host)
    assert.match(
      body,
      /^the host ".*" is not allowed here; use localhost, an IP address, or a name in .* allowedHosts\n$/,
    )
  }
})

test('only HTTP/1.0 may do without a host, and nobody may send two', async () => {
  const plain = async (request: string) => parseAnswer(await exchange(address, request)).status
  assert.is(await plain('GET /short HTTP/1.0\r\n\r\n'), 200)
  assert.is(await plain('GET /short HTTP/1.1\r\n\r\n'), 400)
  assert.is(await plain('GET /short HTTP/1.0\r\nHost: evil.example\r\n\r\n'), 403)
  assert.is.not(
    await plain('GET /short HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n'),
    200,
  )
  assert.is.not(
    await plain('GET /short HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
    200,
  )
})

test('pages of other sites may link to a path, but not load it', async () => {
  const from = (site: string, dest = 'empty') =>
    statusWith([`Sec-Fetch-Site: ${site}`, `Sec-Fetch-Dest: ${dest}`])
  for (const site of ['same-origin', 'none']) assert.is(await from(site), 200, site)
  for (const site of ['cross-site', 'same-site', 'nonsense']) {
    for (const dest of ['empty', 'script', 'image', 'iframe', 'object'])
      assert.is(await from(site, dest), 403, `${site} ${dest}`)
    assert.is(await from(site, 'document'), 200, site)
  }
})

test('only GET and HEAD are answered, and HEAD without a body', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND']) {
    const { status, headers } = parseAnswer(await exchange(address, requestOf(method, '/short')))
    assert.equal([status, headers.get('allow')], [405, 'GET, HEAD'], method)
  }
  const { status, headers, body } = parseAnswer(await exchange(address, requestOf('HEAD', '/short')))
  assert.equal([status, headers.get('content-length'), body], [200, '6', ''])
  assert.is(await exchange(address, requestOf('CONNECT', 'localhost:80')), '')
})

test('bodies are thrown away', async () => {
  assert.is(await statusWith(['Content-Length: 4', '', 'abcd']), 200)
  assert.is(await statusWith(['Transfer-Encoding: chunked', '', '4', 'abcd', '0']), 200)
})

test('only listed paths are answered, whatever the query', async () => {
  for (const path of ['/short?', '/short?a=/long&b=%00', '/short??'])
    assert.is(await statusWith([], path), 200, path)
  for (const path of [
    '/Short',
    '/short/',
    '//short',
    '/./short',
    '/%73hort',
    '/../short',
    'http://localhost/short',
  ]) {
    const { status, body } = await ask(address, path)
    assert.is(status, 404, path)
    assert.match(body, 'no such path; there are /, /short, /long')
  }
})

test('no answer may be read by, or shown in, pages of other sites', async () => {
  const origin = ['Origin: http://evil.example']
  for (const [path, lines] of [
    ['/short', origin],
    ['/nowhere', origin],
    ['/throws', origin],
    ['/short', [...origin, 'Host: evil.example']],
    ['/short', [...origin, 'Sec-Fetch-Site: cross-site']],
  ] as const) {
    const { headers } = await ask(address, path, lines)
    assert.equal(
      [...headers.keys()].filter(name => name.startsWith('access-control')),
      [],
    )
    const expected = {
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    }
    for (const [name, value] of Object.entries(expected))
      assert.is(headers.get(name), value, `${path} ${name}`)
    assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'; script-src 'self'; /)
  }
})

test('long answers are compressed for clients that accept gzip', async () => {
  for (const accepted of ['gzip', 'br, GZIP;q=0.5', 'x-gzip', 'deflate,gzip ; q=1.0', 'gzip;q=0.01']) {
    const { headers, body } = await ask(address, '/long', [`Accept-Encoding: ${accepted}`])
    assert.is(headers.get('content-encoding'), 'gzip', accepted)
    assert.is(headers.get('content-length'), String(body.length))
    assert.is(gunzipSync(Buffer.from(body, 'latin1')).toString(), LONG)
  }
  for (const accepted of ['', 'br', 'gzipped', 'gzip;q=0', 'gzip; q=0.000', 'identity, *;q=0']) {
    const { headers, body } = await ask(address, '/long', [`Accept-Encoding: ${accepted}`])
    assert.equal([headers.has('content-encoding'), body], [false, LONG], accepted)
  }
  assert.not((await ask(address, '/short', ['Accept-Encoding: gzip'])).headers.has('content-encoding'))
})

test('a route that fails is answered with 500 and the reason', async () => {
  for (const [path, reason] of [
    ['/throws', 'TypeError: key 3 is damaged\n'],
    ['/rejects', 'RangeError: too many values\n'],
  ] as const) {
    const { status, body } = await ask(address, path)
    assert.equal([status, body], [500, reason])
  }
  const cut = await exchange(address, requestOf('GET', '/breaks-off'))
  assert.not.match(cut, '\r\n0\r\n\r\n', 'the end of the body is missing')
})

test('a connection carries many requests, one at a time', async () => {
  const keepAlive = requestOf('GET', '/short', ['Connection: keep-alive'])
  const socket = await open(address)
  const answers = received(socket)
  for (let i = 0; i < 3; i++) {
    socket.write(keepAlive)
    await new Promise(resolve => socket.once('data', resolve))
  }
  socket.write(requestOf('GET', '/short'))
  assert.is((await answers).match(/HTTP\/1.1 200/g)?.length, 4)
})

test('a client that sends many requests and takes no answers causes one answer, and is cut', async () => {
  const before = hugeAnswers
  const socket = await open(address)
  socket.pause()
  socket.write(requestOf('GET', '/huge', ['Connection: keep-alive']).repeat(1000))
  while (hugeAnswers === before) await new Promise(setImmediate)
  await whenClosed
  assert.is(hugeAnswers, before + 1)
  socket.destroy()
})

test('a new client gets through however many connections are open', async () => {
  // Clients have more time than this test takes.
  const patient = await listen(routes, options)
  const address = patient.address() as AddressInfo
  const idle = await Promise.all(Array.from({ length: 400 }, () => open(address)))
  const first = received(idle[0] as (typeof idle)[0])
  for (let i = 0; i < 10; i++) assert.is((await ask(address, '/short')).status, 200)
  assert.is(await first, '', 'the oldest is cut')
  for (const socket of idle) socket.destroy()
  patient.close()
})

test('while 128 clients don’t take their answers, others are told to try again', async () => {
  // Clients have more time than this test takes.
  const slow = await listen(new Map([...routes, ['/hangs', () => {}]]), options)
  const address = slow.address() as AddressInfo
  let requests = 0
  const allAsked = new Promise<void>(resolve => {
    slow.on('request', () => {
      if (++requests === 128) resolve()
    })
  })
  const sockets = await Promise.all(Array.from({ length: 128 }, () => open(address)))
  for (const socket of sockets) socket.write(requestOf('GET', '/hangs'))
  await allAsked
  const { status, body } = await ask(address, '/short')
  assert.equal([status, body], [503, '128 requests are being answered\n'])
  for (const socket of sockets) socket.destroy()
  while ((await ask(address, '/short')).status !== 200);
  slow.close()
})

test('a client that doesn’t send its request in time is cut', async () => {
  for (const begun of ['', 'GET /short HT', 'GET /short HTTP/1.1\r\nHost: localhost\r\n']) {
    const socket = await open(address)
    if (begun) socket.write(begun)
    const answer = await received(socket)
    assert.ok(answer === '' || parseAnswer(answer).status === 408, answer)
  }
})

test('a client that keeps sending headers is cut', async () => {
  const socket = await open(address)
  socket.write('GET /short HTTP/1.1\r\nHost: localhost\r\n')
  const timer = setInterval(() => socket.write('X: y\r\n'), CLIENT_MS / 10)
  const answer = await received(socket)
  clearInterval(timer)
  assert.not.match(answer, 'HTTP/1.1 200')
})

test('headers of more than 8 kB are refused', async () => {
  assert.is(await statusWith([`X: ${'y'.repeat(8000)}`]), 200)
  assert.is(await statusWith([`X: ${'y'.repeat(8192)}`]), 431)
})

test('a client that doesn’t take the answer in time is cut, even if it takes some now and then', async () => {
  for (const takesSome of [false, true]) {
    const socket = await open(address)
    socket.pause()
    const timer = setInterval(() => takesSome && socket.read(1000), CLIENT_MS / 10)
    socket.write(requestOf('GET', '/huge'))
    if (takesSome) socket.on('readable', () => {})
    await once(server, 'request')
    await whenClosed
    clearInterval(timer)
    socket.destroy()
  }
  assert.is(await statusWith([]), 200)
})

test('a connection that can’t be accepted doesn’t end the server', async () => {
  server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }))
  assert.is(await statusWith([]), 200)
})

test('a port in use is an error', async () => {
  const { port } = address
  const error = await listen(routes, { ...options, port }).catch(error => error)
  assert.is(error.code, 'EADDRINUSE')
})

test('it listens on IPv6 addresses', async () => {
  const six = await listen(routes, { ...options, host: '::1' })
  const { port } = six.address() as AddressInfo
  assert.is((await ask({ port, host: '::1' }, '/short', [`Host: [::1]:${port}`])).status, 200)
  six.close()
})

test.run()
