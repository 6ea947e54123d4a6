// One worker of the service: an HTTP server that counts what it answers.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'
import {
  answerOf,
  DEATHS,
  type Death,
  ERROR_MESSAGE,
  EXIT_CODE,
  type Method,
  service,
} from './service-counters.js'

const server = createServer(async (request, response) => {
  const started = performance.now()
  const { url = '' } = request
  const method = request.method as Method
  const [, route = '', status = ''] = url.match(/^(.+)\/(.+)$/) ?? []
  // Other requests begin and end meanwhile, so several are in progress when a worker dies.
  await setImmediate()
  for (const death of DEATHS) if (route === `/${death}`) die(death)

  // A request is counted and answered in one turn. Nothing can end the worker in between: it dies only in `die`, or is
  // terminated while it hangs there. `end` writes the answer to the socket before it returns.
  const labels = { method, route, status }
  service.latency.with({ method }).record(performance.now() - started)
  service.requests.with(labels).add(1)
  response.writeHead(Number(status)).end(answerOf(labels))
})

function die(death: Death) {
  // Node 20 aborts the whole process if a request comes in while the worker is being ended.
  if (Number.parseInt(process.versions.node, 10) < 22) close()
  if (death === 'exits') process.exit(EXIT_CODE)
  if (death === 'throws') throw new Error(ERROR_MESSAGE)
  parentPort?.postMessage(death)
  for (;;);
}

function close() {
  server.close()
  server.closeAllConnections()
}

// Without a server and without messages to come, the worker ends.
parentPort?.once('message', close)
server.listen(0, '127.0.0.1', () => {
  parentPort?.postMessage((server.address() as AddressInfo).port)
})
