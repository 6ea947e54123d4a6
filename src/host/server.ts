/*
 * The host for servers: Node, Bun and Deno.
 *
 * `process.getBuiltinModule` finds Node's modules without an import, so that one bundle serves servers and browsers. In a
 * browser it is missing, and this host has no thread ids. Workers inherit a copy of their parent's environment data,
 * whichever library starts them.
 */
import { outOfRange } from '../memory/errors.js'
import type { Host, Inheritance } from './host.js'
import { inheritanceKey, noticeReading, registerLateThread, warn } from './late-threads.js'
import { findMainRealm, type MainRealm } from './main-realm.js'

/** The part of `node:worker_threads` that is used here. */
interface WorkerThreads {
  readonly isMainThread: boolean
  readonly threadId: number
  /** Missing on Node 20 and on Bun. */
  readonly threadName?: string
  getEnvironmentData(key: string): unknown
  setEnvironmentData(key: string, value: unknown): void
}

/** The part of `process` that is used here. */
interface ProcessLike {
  /** What bundlers put in the place of a `process` has no versions. */
  readonly versions?: { readonly node?: string; readonly bun?: string; readonly deno?: string }
  getBuiltinModule?(id: string): unknown
}

/** The part of `WebAssembly` that is used here. */
interface WebAssemblyLike {
  readonly Memory: new (limits: {
    initial: number
    maximum: number
    shared: true
  }) => {
    readonly buffer: SharedArrayBuffer
  }
}

/** Few, because `exit` events do most of the work here, and because parking takes 1 to 3 µs per waiter. */
const WAITERS = 12

const INHERITANCE_KEY = inheritanceKey()

const WASM_PAGE_BYTES = 65_536

const scope = globalThis as unknown as {
  readonly process?: ProcessLike
  readonly WebAssembly: WebAssemblyLike
  /** On Deno, a worker's name. */
  readonly name?: string
}
const { process, WebAssembly: webAssembly } = scope
const threads = process?.getBuiltinModule?.('node:worker_threads') as WorkerThreads | undefined

/**
 * Bun's engine counts a SharedArrayBuffer as live heap, whether or not it is in use, and lets the heap grow in proportion
 * before it collects garbage: 349 MB make a loop that allocates take 12 times as long, and its process 700 MB larger. And
 * access to a growable one takes 3–4 times as long. So the default table is small there.
 */
const isBun = process?.versions?.bun !== undefined

/** V8 doesn't count a growable buffer, and views of fixed length access it at no extra cost. */
const reserveGrowable = (byteLength: number): SharedArrayBuffer =>
  new SharedArrayBuffer(byteLength, { maxByteLength: byteLength })

/**
 * Bun takes buffers of less than 32 MB from its allocator, which may have used that memory before, and then has to clear all
 * of it. WebAssembly's memory always comes from the operating system.
 */
function reservePages(byteLength: number): SharedArrayBuffer {
  const pages = Math.ceil(byteLength / WASM_PAGE_BYTES)
  return new webAssembly.Memory({ initial: pages, maximum: pages, shared: true }).buffer
}

const isDeno = process?.versions?.deno !== undefined

// Waiters on Deno outlive their thread.
const waiters = isDeno ? 0 : WAITERS

let mainRealm: MainRealm | undefined
const shared = (): MainRealm => {
  mainRealm ??= findMainRealm(process as never)
  return mainRealm
}

export const serverHost: Host = {
  threadId() {
    const version = process?.versions?.node
    if (version && !threads) {
      throw outOfRange("Node's version", version, '20.16 or a later 20, or 22.3 or later')
    }
    return threads?.threadId
  },
  waiters,
  canSweep: waiters > 0,
  parkWaiters: (...wait) => shared().parkWaiters(...wait),
  threadName: () => {
    // Deno's `threadName` is always empty.
    const name = (isDeno ? scope.name : threads?.threadName) ?? ''
    // What Node calls every worker without a name.
    return name === 'WorkerThread' ? '' : name
  },
  defaultDimensions: isBun
    ? { maxThreads: 64, rowBytes: 28_672, maxKeys: 1024 }
    : { maxThreads: 1024, rowBytes: 65_536, maxKeys: 3072 },
  allocate: byteLength => new SharedArrayBuffer(byteLength),
  reserve: isBun ? reservePages : reserveGrowable,
  // Looked up on every call, so that a second copy of this package in the thread finds the first one's table.
  inherited: () => (threads?.getEnvironmentData(INHERITANCE_KEY) as Inheritance | undefined) ?? {},
  bequeath: ({ buffer, byteOffset }) =>
    threads?.setEnvironmentData(INHERITANCE_KEY, shared().inheritance(buffer, byteOffset, threads.threadId)),
  watchWorkers: handlers => threads && shared().watch(handlers),
  reportDeaths: threadIds => shared().report(threadIds),
  warn,
  registerUnshared: creator => {
    if (threads && !threads.isMainThread) registerLateThread(threads, creator)
  },
  noticeReading: () => {
    if (threads) noticeReading(threads)
  },
}
