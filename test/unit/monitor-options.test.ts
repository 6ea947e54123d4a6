// The monitor's options, in code and in the environment.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { optionsIn, startFromEnvironment } from '../../src/monitor/auto.js'
import { type MonitorOptions, resolveOptions } from '../../src/monitor/options.js'
import { throws } from '../support/assertions.js'

test('without options, the monitor listens on port 9464 of this machine alone', () => {
  assert.equal(resolveOptions({}), {
    port: 9464,
    host: '127.0.0.1',
    allowedHosts: [],
    blockedMs: 5000,
    stuckMs: 30_000,
    tasks: undefined,
    stack: false,
  })
})

test('options at their limits are taken as they are', () => {
  const options = {
    port: 65_535,
    host: '::',
    allowedHosts: ['app'],
    blockedMs: 250,
    stuckMs: 31_536_000_000,
    tasks: { started: 'jobs.started', done: 'jobs.done' },
    stack: true,
  }
  assert.equal(resolveOptions(options), options)
  assert.equal(resolveOptions({ ...options, port: 0 }).port, 0)
})

test('host names are compared as browsers send them', () => {
  const { allowedHosts } = resolveOptions({
    allowedHosts: ['App.Example.org', 'my_app', 'app.', 'münchen.de'],
  })
  assert.equal(allowedHosts, ['app.example.org', 'my_app', 'app', 'xn--mnchen-3ya.de'])
})

test('a message says what is wrong with an option, and what to use instead', () => {
  const wrong: [options: unknown, Kind: typeof TypeError | typeof RangeError, words: RegExp][] = [
    [9464, TypeError, /^options is 9464; use an object such as { port: 9464 }$/],
    [{ prot: 1 }, TypeError, /^an option is 'prot'; use port, host, allowedHosts, /],
    [{ port: '9464' }, TypeError, /^port is '9464'; use a whole number from 0 to 65535$/],
    [{ port: 65_536 }, RangeError, /^port is 65536; /],
    [{ port: -1 }, RangeError, /^port is -1; /],
    [{ port: 0.5 }, RangeError, /^port is 0.5; /],
    [{ host: '' }, TypeError, /^host is ''; use an address, such as '0.0.0.0'$/],
    [{ host: 127 }, TypeError, /^host is 127; /],
    [{ allowedHosts: 'app' }, TypeError, /^allowedHosts is 'app'; use host names .* as in \['app', /],
    [
      { allowedHosts: ['app', 'app:80'] },
      TypeError,
      /^allowedHosts\[1\] is 'app:80'; use host names in full/,
    ],
    [{ allowedHosts: ['http://app'] }, TypeError, /^allowedHosts\[0\] is 'http:/],
    [{ allowedHosts: ['*.example.org'] }, TypeError, /^allowedHosts\[0\] is '\*/],
    [{ allowedHosts: [''] }, TypeError, /^allowedHosts\[0\] is ''/],
    [{ allowedHosts: [1] }, TypeError, /^allowedHosts\[0\] is 1/],
    [{ blockedMs: 249 }, RangeError, /^blockedMs is 249; use a number from 250 to 31536000000$/],
    [{ blockedMs: Infinity }, RangeError, /^blockedMs is Infinity/],
    [{ stuckMs: '1' }, TypeError, /^stuckMs is '1'; /],
    [{ stuckMs: 31_536_000_001 }, RangeError, /^stuckMs is 31536000001; /],
    [{ tasks: null }, TypeError, /^tasks is null; use { started: 'jobs.started', done: 'jobs.done' }$/],
    [{ tasks: {} }, TypeError, /^tasks.started is undefined; use the name of a key, as in { started: /],
    [{ tasks: { started: 'a', done: '' } }, TypeError, /^tasks.done is ''; /],
    [
      { tasks: { started: 'a', done: 'b', failed: 'c' } },
      TypeError,
      /^a name in tasks is 'failed'; use started, done$/,
    ],
    [{ stack: 1 }, TypeError, /^stack is 1; use true or false$/],
  ]
  for (const [options, Kind, words] of wrong)
    throws(() => resolveOptions(options as MonitorOptions), Kind, words)
})

test('the environment has a port, an address and a port, or JSON', () => {
  assert.equal(optionsIn('9464'), { port: 9464 })
  assert.equal(optionsIn(' 0 '), { port: 0 })
  assert.equal(optionsIn('0.0.0.0:9464'), { port: 9464, host: '0.0.0.0' })
  assert.equal(optionsIn('localhost:80'), { port: 80, host: 'localhost' })
  assert.equal(optionsIn('[::]:9464'), { port: 9464, host: '::' })
  assert.equal(optionsIn(' { "port": 0, "stack": true }'), { port: 0, stack: true })
  for (const value of [
    'port',
    ':9464',
    '::1:9464',
    '[::1]',
    '9464/metrics',
    '{ port: 9464 }',
    'http://localhost:9464',
    '-1',
  ])
    throws(() => resolveOptions(optionsIn(value)), TypeError, /^(THREADSLOTS_MONITOR|options) is .*; use /)
})

test('without the variable THREADSLOTS_MONITOR, nothing is started', () => {
  const { setTimeout } = globalThis
  let timers = 0
  globalThis.setTimeout = (() => {
    timers++
    return { unref() {} }
  }) as never
  try {
    for (const value of [undefined, '', '0']) {
      delete process.env.THREADSLOTS_MONITOR
      if (value !== undefined) process.env.THREADSLOTS_MONITOR = value
      startFromEnvironment()
      assert.is(timers, value ? 1 : 0)
    }
  } finally {
    globalThis.setTimeout = setTimeout
    delete process.env.THREADSLOTS_MONITOR
  }
})

test.run()
