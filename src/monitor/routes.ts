/*
 * The paths that the monitor answers.
 */
import { EventStream } from './events.js'
import { healthOf } from './health.js'
import { type Route, type Routes, send, sendJson } from './http.js'
import { MetricsText } from './metrics.js'
import type { ResolvedOptions } from './options.js'
import { pageFiles } from './page-files.js'
import type { Readings } from './readings.js'
import { StackRoute } from './stack.js'
import { threadsOf } from './threads.js'

export function routesOf(
  readings: Readings,
  options: ResolvedOptions,
  whyNoStack: string | undefined,
): Routes {
  const events = new EventStream(readings)
  const metrics = new MetricsText(readings)
  const stack = new StackRoute(readings.watcher, options, whyNoStack)
  const routes: [path: string, route: Route][] = [
    ...pageFiles().map(({ path, type, body }): [string, Route] => [
      path,
      (request, response) => send(request, response, 200, type, body),
    ]),
    [
      '/metrics',
      async (request, response) => {
        const { type, text } = await metrics.read(request.headers.accept)
        send(request, response, 200, type, text)
      },
    ],
    ['/threads', (request, response) => sendJson(request, response, 200, threadsOf(readings))],
    [
      '/health',
      (request, response) => {
        const health = healthOf(readings, options)
        sendJson(request, response, health.status === 'ok' ? 200 : 503, health)
      },
    ],
    ['/events', (request, response) => events.add(request, response)],
    ['/stack', (request, response) => stack.answer(request, response)],
  ]
  return new Map(routes)
}
