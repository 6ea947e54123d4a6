/*
 * Watches the threads of a table: which are busy, whose event loop is blocked, and which are stuck in a task.
 *
 * Nothing here waits for another thread. The watcher looks at all rows at intervals, and remembers when it last saw each of
 * them change.
 */
import { internal, type Key, type SlotTable } from '../index.js'
import { isAiling } from './ailing.js'
import { AwakeClock } from './awake-clock.js'
import type { Tasks } from './options.js'
import { TURNS_KEY } from './watch-event-loop.js'

type FamilyReader = InstanceType<typeof internal.FamilyReader>
type RowActivity = InstanceType<typeof internal.RowActivity>
type Look = ReturnType<RowActivity['look']>
type ThreadActivity = Look['threads'][number]

export interface WatcherOptions {
  /** A watched event loop is blocked if it hasn't turned for this time. */
  readonly blockedMs: number
  /** A busy thread is stuck if none of its slots has changed for this time. */
  readonly stuckMs: number
  /** Names of keys. Without them, no thread is known to be busy. */
  readonly tasks?: Tasks | undefined
}

/**
 * `stuck`: in a task, and no slot has changed for `stuckMs`. `blocked`: its event loop is watched, and hasn't turned for
 * `blockedMs`. `busy`: in a task. `idle`: has counted tasks, and is in none. `running`: nothing is known.
 */
export type ThreadState = 'stuck' | 'blocked' | 'busy' | 'idle' | 'running'

export interface ThreadStatus {
  readonly threadId: number
  /** Missing if the thread has no name. */
  readonly threadName?: string
  readonly state: ThreadState
  /** Milliseconds since one of its slots was last seen to change. */
  readonly unchangedMs: number
  /** Milliseconds since its event loop was last seen to turn. Missing if it isn't watched. */
  readonly blockedMs?: number
}

/** What is remembered of a thread. Times are those of the awake clock. */
interface Watched {
  digest: number
  changedAt: number
  /** How often its event loop has turned; 0 if it isn't watched. */
  turns: number
  turnedAt: number
  /** It is probed once it has been silent for this multiple of a limit. */
  nextProbe: number
  isDead: boolean
}

const MAX_TICK_MS = 250
/** Ticks in the time of a limit. */
const TICKS = 10
/** A probe wakes one of a thread's dozen waiters, which only an event loop that turns makes up for. Sweeps need some, too. */
const MAX_PROBES = 6

const NO_THREADS: ReadonlyMap<number, boolean> = new Map()

export class Watcher {
  readonly tickMs: number
  readonly #table: SlotTable
  readonly #options: WatcherOptions
  readonly #clock: AwakeClock
  readonly #activity: RowActivity
  #watched: ReadonlyMap<number, Watched> = new Map()
  #taskReader: FamilyReader | undefined
  /** Statuses as of the last tick, by thread id. */
  statuses: readonly ThreadStatus[] = []
  /** Numbers of rows in use, and of threads that have ended, as of the last tick. */
  usage: Pick<Look, 'owned' | 'ended'> = { owned: 0, ended: 0 }

  /** @param nowMs of a clock that never goes back, as in `tick`. */
  constructor(table: SlotTable, options: WatcherOptions, nowMs: number = performance.now()) {
    this.#table = table
    this.#options = options
    this.tickMs = Math.min(MAX_TICK_MS, options.blockedMs / TICKS, options.stuckMs / TICKS)
    this.#clock = new AwakeClock(this.tickMs, nowMs)
    this.#activity = new internal.RowActivity(table.registry, TURNS_KEY)
    this.tick(nowMs)
  }

  /** True while no thread is blocked or stuck. */
  get isHealthy(): boolean {
    return !this.statuses.some(isAiling)
  }

  /** Looks at all threads. To be called every `tickMs`. */
  tick(nowMs: number): void {
    this.#clock.tick(nowMs)
    // Before the digests. The other way round, a thread that begins a task in between would be busy, and look unchanged since
    // the last one.
    const busy = this.#busyThreads()
    const { threads, owned, ended } = this.#activity.look()
    const pairs = threads.map(thread => [thread, this.#note(thread)] as const)
    this.#watched = new Map(pairs.map(([{ threadId }, watched]) => [threadId, watched]))
    this.usage = { owned, ended }
    this.statuses = pairs
      .flatMap(([thread, watched]) => this.#statusOf(thread, watched, busy.get(thread.threadId)))
      .sort((a, b) => a.threadId - b.threadId)
  }

  /** What is remembered of a thread from now on. */
  #note({ threadId, digest, pulse }: ThreadActivity): Watched {
    const { now } = this.#clock
    const watched = this.#watched.get(threadId)
    if (!watched) return { digest, changedAt: now, turns: pulse, turnedAt: now, nextProbe: 1, isDead: false }
    if (digest !== watched.digest) watched.changedAt = now
    if (pulse !== watched.turns) watched.turnedAt = now
    watched.digest = digest
    watched.turns = pulse
    return watched
  }

  /** Whether each thread that counts tasks is in one, by thread id. */
  #busyThreads(): ReadonlyMap<number, boolean> {
    this.#taskReader ??= this.#createTaskReader()
    const reader = this.#taskReader
    if (!reader) return NO_THREADS
    const threads = reader.current().threads()
    const [started, done] = reader.families as readonly [readonly Key[], readonly Key[]]
    // Modulo 2³², because u32 and i32 wrap there.
    return new Map(
      threads.map(values => [values.threadId, ((sumOf(started, values) - sumOf(done, values)) | 0) > 0]),
    )
  }

  /** Undefined while one of the keys is missing, or if it can't count. */
  #createTaskReader(): FamilyReader | undefined {
    const { tasks } = this.#options
    const { registry } = this.#table
    const keys = tasks ? registry.list().filter(isCounter) : []
    const started = keys.find(({ name }) => name === tasks?.started)
    const done = keys.find(({ name }) => name === tasks?.done)
    return started && done && new internal.FamilyReader(registry, [started, done])
  }

  /** Empty for a thread that turns out to be dead. */
  #statusOf(
    { threadId, threadName }: ThreadActivity,
    watched: Watched,
    isBusy: boolean | undefined,
  ): ThreadStatus[] {
    const { now } = this.#clock
    const { blockedMs: blockedLimit, stuckMs: stuckLimit } = this.#options
    const unchangedMs = now - watched.changedAt
    const blockedMs = watched.turns === 0 ? undefined : now - watched.turnedAt
    // As multiples of the limits.
    const stuck = isBusy ? unchangedMs / stuckLimit : 0
    const blocked = (blockedMs ?? 0) / blockedLimit
    if (this.#isDead(threadId, watched, Math.max(stuck, blocked))) return []
    return [
      {
        threadId,
        ...(threadName && { threadName }),
        state: stuck >= 1 ? 'stuck' : blocked >= 1 ? 'blocked' : stateOf(isBusy),
        unchangedMs: Math.round(unchangedMs),
        ...(blockedMs !== undefined && { blockedMs: Math.round(blockedMs) }),
      },
    ]
  }

  /**
   * Probes a thread before it is called blocked or stuck, and again whenever that has lasted twice as long: it may be dead, and
   * the thread that started it may be too busy to see that.
   * @param silence how long it has been silent, as a multiple of the limit.
   */
  #isDead(threadId: number, watched: Watched, silence: number): boolean {
    const { memory } = this.#table
    if (silence < 1) watched.nextProbe = 1
    else if (silence >= watched.nextProbe) {
      watched.nextProbe *= 2
      const probes = internal.probeCount(memory, threadId) ?? MAX_PROBES
      if (probes < MAX_PROBES) watched.isDead ||= internal.isDead(memory, threadId)
    }
    return watched.isDead
  }
}

/** The state of a thread that is neither blocked nor stuck. */
function stateOf(isBusy: boolean | undefined): ThreadState {
  if (isBusy === undefined) return 'running'
  return isBusy ? 'busy' : 'idle'
}

/** The sum of a thread's values of a key, or of a labelled key's children. */
const sumOf = (keys: readonly Key[], values: { readonly [name: string]: unknown }): number =>
  keys.reduce((sum, { name }) => sum + Number(values[name] ?? 0), 0)

/** True if a key holds a number, or is labelled and its children do: then it can count tasks. */
export const isCounter = ({ type, length }: Key): boolean => type !== 'text' && length === undefined
