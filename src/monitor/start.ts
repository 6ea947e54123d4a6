/*
 * `monitor`: starts the thread that answers for the program.
 */
import { isMainThread, Worker } from 'node:worker_threads'
import { internal } from '../index.js'
import { type MonitorOptions, type ResolvedOptions, resolveOptions } from './options.js'
import { whyNoStack } from './stack-support.js'
import { watchEventLoop } from './watch-event-loop.js'

/** A running monitor. */
export interface Monitor {
  /** Where it answers, such as `http://127.0.0.1:9464/`. */
  readonly url: string
  /** Stops it, and resolves when its port is free again. */
  stop(): Promise<void>
}

/** What the monitor's thread gets from the one that starts it. */
export interface ThreadData {
  readonly buffer: SharedArrayBuffer
  readonly byteOffset: number
  readonly options: ResolvedOptions
  /** Why `/stack` can't work; undefined if it can. */
  readonly whyNoStack: string | undefined
}

/** What the monitor's thread tells the one that started it, once: that it listens, or why it can't. */
export type ThreadMessage =
  | { readonly port: number }
  | { readonly error: string; readonly code: string | undefined }

/**
 * Megabytes. A thread that reaches such a limit doesn't always die alone: V8 ends the whole process if it was a large object
 * that found no room. So the limit is far above what the largest reading takes (see reading-limit.ts), and only stops a leak.
 * The small young generation keeps the thread small.
 */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 4 }

/** How often a monitor is started again after its thread has died. */
const MAX_RESTARTS = 1

/**
 * Starts a thread that serves the values of all threads over HTTP: `/metrics` for Prometheus, `/health` for liveness probes,
 * `/threads`, `/events` and a live page. It answers while all other threads are blocked, finds every key by itself, and writes
 * no slots. It doesn't keep the program alive. If it dies, it is started again once; the program is never affected.
 *
 * ```js
 * const { url, stop } = await monitor({ port: 9464 })
 * ```
 *
 * The calling thread's event loop is watched, as by `watchEventLoop`.
 * @throws {TypeError | RangeError} if an option is wrong.
 * @throws {Error} if it can't listen there, for example because the port is in use (`code` is then `EADDRINUSE`).
 */
export async function monitor(options: MonitorOptions = {}): Promise<Monitor> {
  const resolved = resolveOptions(options)
  const { buffer, byteOffset } = internal.defaultTableFor('monitor()')
  const startAt = (port: number) =>
    new MonitorThread({
      buffer,
      byteOffset,
      options: { ...resolved, port },
      whyNoStack: whyNoStack(process, isMainThread),
    })
  // At once: this thread's event loop may not turn again for a long time.
  const unwatch = watchEventLoop()
  let thread: MonitorThread
  let port: number
  try {
    thread = startAt(resolved.port)
    port = await thread.whenListening
  } catch (error) {
    unwatch()
    throw error
  }
  const url = `http://${resolved.host.includes(':') ? `[${resolved.host}]` : resolved.host}:${port}/`
  let isStopped = false
  let restarts = 0

  const onExit = async (): Promise<void> => {
    if (isStopped) return
    const failure =
      restarts++ < MAX_RESTARTS ? await startAgain() : `its thread died again (${thread.reason})`
    if (failure === undefined || isStopped) return
    unwatch()
    internal.warn(
      `the monitor at ${url} is gone: ${failure}; the program goes on without it`,
      'THREADSLOTS_MONITOR',
    )
  }
  /** Returns what went wrong, if something did. */
  const startAgain = async (): Promise<string | undefined> => {
    const { reason } = thread
    try {
      thread = startAt(port)
      // The program may end meanwhile.
      thread.worker.unref()
      await thread.whenListening
      thread.worker.once('exit', onExit)
    } catch (error) {
      return `its thread died (${reason}), and then ${(error as Error).message}`
    }
  }
  thread.worker.unref()
  thread.worker.once('exit', onExit)
  return {
    url,
    async stop() {
      isStopped = true
      unwatch()
      await thread.worker.terminate()
    },
  }
}

/** The thread, until it has died. */
class MonitorThread {
  readonly worker: Worker
  /** The port. Rejects if the thread can't listen, or dies first. */
  readonly whenListening: Promise<number>
  /** Why it died. */
  reason = 'it ended'

  /** @throws {Error} if the process may not start threads, or can't. */
  constructor(workerData: ThreadData) {
    this.worker = new Worker(new URL('./monitor-thread.js', import.meta.url), {
      name: 'threadslots monitor',
      workerData,
      resourceLimits: RESOURCE_LIMITS,
      // Not the program's own flags: an `--import` would be loaded again.
      execArgv: [],
      // Otherwise a worker's streams are piped into those of the process, which then exist even if the program never uses them.
      stdout: true,
      stderr: true,
    })
    this.whenListening = new Promise((resolve, reject) => {
      this.worker.once('message', (message: ThreadMessage) => {
        if ('port' in message) return resolve(message.port)
        const { error, code } = message
        const { host, port } = workerData.options
        const use = 'choose another `host` or `port`; port 0 takes a free one'
        reject(
          Object.assign(new Error(`the monitor can't listen at ${host}, port ${port}: ${error}; ${use}`), {
            code,
          }),
        )
      })
      // An error ends the thread, and `exit` follows. Without a listener it would end the program.
      this.worker.on('error', error => {
        this.reason = error.message
        reject(error)
      })
      this.worker.once('exit', () => reject(new Error(`the monitor's thread died: ${this.reason}`)))
    })
  }
}
