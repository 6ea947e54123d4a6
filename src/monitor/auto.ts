/*
 * `node --import threadslots/monitor/auto app.js`, with the monitor's options in the environment.
 */
import { isMainThread } from 'node:worker_threads'
import { internal } from '../index.js'
import { monitor } from '../monitor.js'
import type { MonitorOptions } from './options.js'

const VARIABLE = 'THREADSLOTS_MONITOR'
const EXAMPLES = `a port, 9464; an address and a port, 0.0.0.0:9464; or JSON, {"port":9464}`

/** A program that has no table after this time gets one. */
const GRACE_MS = 1000

/**
 * Starts a monitor in the main thread if the variable `THREADSLOTS_MONITOR` is set. Workers inherit `--import`, so it does nothing
 * in them. A monitor that can't start is a warning, and the program goes on. With port 0, it writes a line with its address to stderr.
 *
 * It waits for the program's table, so that `setDefaultTable` works as without a monitor, and starts as soon as there is one: the main
 * thread may never return to its event loop. A program without a table gets one after a second.
 */
export function startFromEnvironment(): void {
  const value = process.env[VARIABLE]
  if (!isMainThread || !value) return
  let isStarted = false
  const startOnce = () => {
    if (isStarted) return
    isStarted = true
    clearTimeout(timer)
    start(value).catch(({ message }) =>
      internal.warn(`${message}; the program goes on without a monitor`, VARIABLE),
    )
  }
  const timer = setTimeout(startOnce, GRACE_MS)
  timer.unref()
  internal.whenDefaultTable(startOnce)
}

async function start(value: string): Promise<void> {
  const options = optionsIn(value)
  const { url } = await monitor(options)
  // Otherwise nobody could know the port.
  if (options.port === 0)
    process.stderr.write(`threadslots: the monitor of process ${process.pid} is at ${url}\n`)
}

/**
 * The options in `9464`, `0.0.0.0:9464`, `[::]:9464` or `{ "port": 9464, … }`.
 * @throws {TypeError} if the value is none of these.
 */
export function optionsIn(value: string): MonitorOptions {
  const [, ipv6, name, port] = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d+)$/.exec(value.trim()) ?? []
  const host = ipv6 ?? name
  if (port !== undefined) return { port: Number(port), ...(host !== undefined && { host }) }
  try {
    return JSON.parse(value)
  } catch {
    throw internal.wrongType(VARIABLE, value, EXAMPLES)
  }
}
