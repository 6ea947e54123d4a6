/*
 * Asks a worker one question. The same code runs on servers and in browsers.
 */

/** The part of a browser's `Worker`, and of a worker's global object, that is used here. */
interface Port {
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onerror: ((event: { readonly message?: string }) => void) | null
  postMessage(message: unknown): void
  terminate(): void
}

/** `node:worker_threads` in Node, Bun and Deno; undefined in browsers, which have no `process`. */
const server = (globalThis as Partial<typeof globalThis>).process?.getBuiltinModule('node:worker_threads')

const startInBrowser = (url: URL): Port =>
  new (globalThis as unknown as { Worker: new (url: URL, options: object) => Port }).Worker(url, {
    type: 'module',
  })

/**
 * Starts a worker, sends it the question, and terminates it once it has answered.
 * @throws {Error} if the worker throws, or can't be started.
 */
export async function askWorker<A>(url: URL, question: unknown): Promise<A> {
  const worker = server ? new server.Worker(url) : startInBrowser(url)
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

/** Called in the worker: answers its question with what `find` resolves with. */
export function answerQuestion<Q, A>(find: (question: Q) => Promise<A>): void {
  const port = (server ? server.parentPort : globalThis) as unknown as Port
  port.onmessage = async ({ data }) => {
    try {
      port.postMessage(await find(data as Q))
    } catch (error) {
      // Thrown outside the promise: browsers don't report a worker's unhandled rejections to the page.
      setTimeout(() => {
        throw error
      })
    }
  }
}
