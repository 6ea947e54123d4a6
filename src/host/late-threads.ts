/*
 * Late threads: workers that started before their parent had a table. They inherit none, so each counts in a table of its
 * own, which nobody else reads. So do threads whose copy of this package has another layout. The main thread warns of both
 * as soon as it reads.
 *
 * A late thread can't tell it by a message. Its pool may block it in `Atomics.wait` for good, where neither its messages nor
 * its stderr are flushed, and it may be dead long before the main thread imports this package. So it appends a line to a
 * file at once, and readings in the main thread look there:
 *
 *   /dev/shm/threadslots-<user>/<process & 63>
 *   process ⇥ performance.timeOrigin ⇥ thread ⇥ layout version ⇥ what needed a table
 *
 * Nobody else can write to that folder, so nobody can plant a file in it. Nothing is removed: there are at most 64 files, and
 * a long one starts over.
 */
import { LAYOUT_VERSION } from '../memory/layout.js'

/** The part of `process` that is used here. */
interface ProcessLike {
  readonly pid: number
  readonly env: { readonly [name: string]: string | undefined }
  /** Missing on Windows, where each user has a temporary folder. */
  getuid?(): number
  getBuiltinModule(id: 'node:fs'): FileSystem
  getBuiltinModule(id: 'node:timers'): { setTimeout(call: () => void, ms: number): Timeout }
  emit?(event: 'warning', warning: Error): boolean
  emitWarning?(warning: Error): void
}

/** The part of `node:fs` that is used here. */
interface FileSystem {
  appendFileSync(path: string, text: string, options: { readonly flag: string }): void
  existsSync(path: string): boolean
  lstatSync(path: string): { readonly uid: number; readonly mode: number; readonly size: number }
  mkdirSync(path: string, mode: number): void
  readFileSync(path: string, encoding: 'utf8'): string
}

interface Timeout {
  refresh(): Timeout
  unref(): Timeout
}

interface DenoLike {
  readonly permissions: { querySync(query: { readonly name: string }): { readonly state: string } }
}

/** The part of `node:worker_threads` that is used here. */
interface Threads {
  readonly isMainThread: boolean
  readonly threadId: number
  getEnvironmentData(key: string): unknown
}

const { process, Deno } = globalThis as unknown as { readonly process: ProcessLike; readonly Deno?: DenoLike }

const CODE = 'THREADSLOTS_LATE'
/** How often readings look for late threads, and when to look once more after the last reading. */
const CHECK_MS = 10
const LAST_CHECK_MS = 500
/** Between two turns of the event loop, this many readings look at the clock; then one in this many. */
const CLOCK_READINGS = 16
/** Readings look for tables whose layout has another version below this one. */
const VERSIONS = 32
/** A longer file starts over. */
const MAX_FILE_BYTES = 65_536

/** The environment data in which a thread leaves its table to its workers. Only layouts of one version share tables. */
export const inheritanceKey = (version: number = LAYOUT_VERSION): string => `threadslots/${version}`

/**
 * Emits a warning at once. `emitWarning` alone waits for the event loop, which may never turn again. Where there is no
 * `process`, this does nothing; nothing else here is called there.
 */
export function warn(message: string, code: string): void {
  const warning = Object.assign(new Error(message), { name: 'Warning', code })
  if (!process?.emit?.('warning', warning)) process?.emitWarning?.(warning)
}

const reasonOf = (version: number, creator?: string): string =>
  version === LAYOUT_VERSION
    ? `started before the main thread had a table, so ${creator} isn't shared; import its module before starting workers`
    : `made a table of layout ${version}, which layout ${LAYOUT_VERSION} can't share; use one version of threadslots`

/** Tells the main thread that this worker has a table of its own, or warns here if that is impossible. */
export function registerLateThread({ threadId }: Threads, creator: string): void {
  const line = [process.pid, performance.timeOrigin, threadId, LAYOUT_VERSION, creator].join('\t')
  const isRegistered = someFile(true, (fs, file, bytes) => {
    fs.appendFileSync(file, `${line}\n`, { flag: bytes > MAX_FILE_BYTES ? 'w' : 'a' })
    return true
  })
  if (!isRegistered) warn(`thread ${threadId} ${reasonOf(LAYOUT_VERSION, creator)}`, CODE)
}

/** Readings since the event loop last turned. */
let readings = 0
let nextCheck = 0
let lastCheck: Timeout | undefined

/** Called before each reading of the default table. */
export function noticeReading(threads: Threads): void {
  // The clock alone would make readings in a loop 4% slower.
  if (++readings > CLOCK_READINGS && readings % CLOCK_READINGS) return
  const now = performance.now()
  if (now < nextCheck) return
  nextCheck = now + CHECK_MS
  const check = () => warnOfLateThreads(threads)
  check()
  const { setTimeout } = process.getBuiltinModule('node:timers')
  setTimeout(() => {
    readings = 0
  }, CHECK_MS).unref()
  lastCheck = lastCheck?.refresh() ?? setTimeout(check, LAST_CHECK_MS).unref()
}

/** Sizes of files that were read. */
const sizes: { [file: string]: number } = {}
/** Reasons that were given in a warning. Threads of one pool have the same. */
const reported = new Set<string>()

function warnOfLateThreads({ isMainThread, threadId, getEnvironmentData }: Threads): void {
  const idsByReason = new Map<string, unknown[]>()
  const add = (id: unknown, version: number, creator?: string) => {
    const reason = reasonOf(version, creator)
    if (!reported.has(reason)) idsByReason.set(reason, [...(idsByReason.get(reason) ?? []), id])
  }
  for (let version = 1; version < VERSIONS; version++) {
    if (version !== LAYOUT_VERSION && getEnvironmentData(inheritanceKey(version))) add(threadId, version)
  }
  if (isMainThread) {
    someFile(false, (fs, file, bytes) => {
      if (bytes === (sizes[file] ?? 0)) return
      sizes[file] = bytes
      for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
        const [pid, start, id, version, creator] = line.split('\t')
        // An earlier process may have had this one's id. On Bun and Deno, a worker's origin is later than its process's.
        if (Number(pid) === process.pid && Number(start) >= performance.timeOrigin)
          add(id, Number(version), creator)
      }
    })
  }
  for (const [reason, ids] of idsByReason) {
    reported.add(reason)
    warn(`thread${ids.length > 1 ? 's' : ''} ${ids.join(', ')} ${reason}`, CODE)
  }
}

/**
 * Calls back with this process's file in each folder that may be used, and its size, until a call returns true. Ignores
 * errors: file systems may be read-only, full or out of bounds.
 */
function someFile(
  isCreating: boolean,
  call: (fs: FileSystem, file: string, bytes: number) => boolean | undefined,
): boolean {
  // Deno would stop the program and ask for a permission.
  const isRefused = (name: string) => Deno && Deno.permissions.querySync({ name }).state !== 'granted'
  if (['env', 'read', 'sys', 'write'].some(isRefused)) return false
  const { env, pid } = process
  const fs = process.getBuiltinModule('node:fs')
  const user = process.getuid?.() ?? ''
  // A worker may have an environment of its own, so fixed names come first. Read-only containers can write to /dev/shm.
  const parents = user === '' ? [env.TEMP] : ['/dev/shm', '/tmp', env.TMPDIR]
  return parents.some(parent => {
    const folder = `${parent}/threadslots-${user}`
    try {
      if (!fs.existsSync(folder)) {
        if (!isCreating) return false
        fs.mkdirSync(folder, 0o700)
      }
      const { uid, mode } = fs.lstatSync(folder)
      // Another user's, or open to others.
      if (user !== '' && (uid !== user || mode & 0o77)) return false
      const file = `${folder}/${pid & 63}`
      return call(fs, file, fs.existsSync(file) ? fs.lstatSync(file).size : 0)
    } catch {
      return false
    }
  })
}
