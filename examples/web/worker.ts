/*
 * A worker that answers one question, on servers and in browsers.
 */

/** What of a browser's `Worker`, and of the global object in it, is used here. */
interface Port {
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onerror: ((event: { readonly message?: string }) => void) | null
  postMessage(message: unknown): void
  terminate(): void
}

/** Node's, Bun's and Deno's; a browser has no `process`. */
const server = (globalThis as Partial<typeof globalThis>).process?.getBuiltinModule('node:worker_threads')

const startPort = (url: URL): Port =>
  new (globalThis as unknown as { Worker: new (url: URL, options: object) => Port }).Worker(url, {
    type: 'module',
  })

/**
 * Starts a worker, and ends it when it has answered.
 * @throws {Error} if it throws, or can't be started.
 */
export async function ask<A>(url: URL, question: unknown): Promise<A> {
  const worker = server ? new server.Worker(url) : startPort(url)
  try {
    return await new Promise((resolve, reject) => {
      if ('onmessage' in worker) {
        worker.onmessage = ({ data }) => resolve(data as A)
        worker.onerror = ({ message }) => reject(new Error(message ?? `${url} could not be loaded`))
      } else {
        worker.on('message', resolve).on('error', reject)
      }
      worker.postMessage(question)
    })
  } finally {
    await worker.terminate()
  }
}

/** In the worker: answers the question that it is started for. */
export function answer<Q, A>(find: (question: Q) => Promise<A>): void {
  const port = (server ? server.parentPort : globalThis) as unknown as Port
  port.onmessage = async ({ data }) => {
    try {
      port.postMessage(await find(data as Q))
    } catch (error) {
      // Of a promise that nobody handles, a browser tells the page nothing.
      setTimeout(() => {
        throw error
      })
    }
  }
}
