// Loaded before a page's program, it makes Node look like a browser to the page and its workers.
import { parentPort, Worker } from 'node:worker_threads'

type Listener = (event: { data: unknown }) => void

const listen = (port: NonNullable<typeof parentPort> | Worker) => (type: string, listener: Listener) => {
  port.on(type, data => listener({ data }))
}

class BrowserWorker extends Worker {
  addEventListener: ReturnType<typeof listen> = listen(this)
}

Object.assign(globalThis, { Worker: BrowserWorker })
if (parentPort) {
  const port = parentPort
  Object.assign(globalThis, {
    addEventListener: listen(port),
    postMessage: (message: unknown) => port.postMessage(message),
  })
}
Object.defineProperty(globalThis, 'process', { value: undefined })
