/*
 * The monitor's thread: it watches the table, and answers requests.
 */
import type { AddressInfo } from 'node:net'
import { SlotTable } from '../index.js'
import { listen, type Route, type Routes } from './http.js'
import { Readings } from './readings.js'
import { routesOf } from './routes.js'
import type { ThreadData, ThreadMessage } from './start.js'
import { Watcher } from './watcher.js'

/** Starts to watch and to listen. Resolves with the port, or with what keeps it from listening. */
export async function runMonitor(data: ThreadData): Promise<ThreadMessage> {
  try {
    const server = await listen(watch(data), data.options)
    return { port: (server.address() as AddressInfo).port }
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    return { error: message, code }
  }
}

/** Starts to watch, and returns what the server answers. */
function watch({ buffer, byteOffset, options, whyNoStack }: ThreadData): Routes {
  const table = SlotTable.from(buffer, { byteOffset })
  const watcher = new Watcher(table, options)
  /** Of the last look at the table: a damaged one can't be read. Answers say so instead of showing what was before. */
  let failure: unknown
  setInterval(() => {
    try {
      watcher.tick(performance.now())
      failure = undefined
    } catch (error) {
      failure = error
    }
  }, watcher.tickMs)
  const routes = routesOf(new Readings(table, watcher), options, whyNoStack)
  const unlessFailed =
    (route: Route): Route =>
    (request, response) => {
      if (failure) throw failure
      return route(request, response)
    }
  return new Map([...routes].map(([path, route]) => [path, unlessFailed(route)]))
}
