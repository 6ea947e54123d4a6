// The five pools, as the tests of the recipes open them.
import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { FixedThreadPool } from 'poolifier'
// @ts-expect-error: threads declares no types for ES modules.
import { Pool as makePool, spawn, Worker as ThreadsWorker } from 'threads'
import { Tinypool } from 'tinypool'
import workerpool from 'workerpool'

export interface RecipeLibrary {
  /** The name of its package. */
  readonly name: string
  readonly open: (file: string, options: OpenOptions) => OpenPool
  /** Whether a thread runs several async tasks at once: by default, if it is told to, or never. */
  readonly interleaves: 'by default' | 'if told to' | 'never'
  /** Whether the pool takes tasks while its only thread is being replaced. */
  readonly survivesItsThread: boolean
}

export interface OpenOptions {
  /** Default: 1. */
  readonly threads?: number
  /** Whether a thread runs several async tasks at once. Default: what is the pool's. */
  readonly interleaves?: boolean
}

export interface OpenPool {
  readonly pool: unknown
  /** Ends all threads, even busy ones. It may return before they have ended. */
  readonly close: () => unknown
}

/** How long workerpool waits before it ends a thread whose task has taken too long. */
const TERMINATE_MS = 20

/** piscina, or tinypool, which began as its copy. */
const likePiscina = (name: string, Pool: typeof Piscina | typeof Tinypool): RecipeLibrary => ({
  name,
  open: (filename, { threads = 1, interleaves }) => {
    const pool = new Pool({
      filename,
      minThreads: threads,
      maxThreads: threads,
      ...(interleaves !== undefined && { concurrentTasksPerWorker: interleaves ? 2 : 1 }),
    })
    return { pool, close: () => pool.destroy() }
  },
  interleaves: 'if told to',
  survivesItsThread: true,
})

export const recipeLibraries: readonly RecipeLibrary[] = [
  likePiscina('piscina', Piscina),
  likePiscina('tinypool', Tinypool),
  {
    name: 'poolifier',
    open: (file, { threads = 1, interleaves }) => {
      const options = interleaves === undefined ? {} : { enableTasksQueue: !interleaves }
      const pool = new FixedThreadPool(threads, file, options)
      return { pool, close: () => pool.destroy() }
    },
    interleaves: 'by default',
    survivesItsThread: false,
  },
  {
    name: 'workerpool',
    open: (file, { threads = 1 }) => {
      const pool = workerpool.pool(file, {
        maxWorkers: threads,
        workerType: 'thread',
        workerTerminateTimeout: TERMINATE_MS,
      })
      return { pool, close: () => pool.terminate(true) }
    },
    interleaves: 'never',
    survivesItsThread: true,
  },
  {
    name: 'threads',
    open: (file, { threads = 1, interleaves }) => {
      // Its paths are relative to the file that calls it.
      const path = `./${relative(dirname(fileURLToPath(import.meta.url)), file)}`
      const options = {
        size: threads,
        ...(interleaves !== undefined && { concurrency: interleaves ? 2 : 1 }),
      }
      const pool = makePool(() => spawn(new ThreadsWorker(path)), options)
      return { pool, close: () => pool.terminate(true) }
    },
    interleaves: 'if told to',
    survivesItsThread: false,
  },
]
