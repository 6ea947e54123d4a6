/*
 * `/health`: whether all threads are well, and if not, which one isn't, what it was doing, and since when.
 */
import { ailingMs, isAiling } from './ailing.js'
import type { ResolvedOptions } from './options.js'
import type { Readings } from './readings.js'
import { isCounter } from './watcher.js'

/** A thread that is blocked or stuck. */
export interface Ailment {
  readonly threadId: number
  readonly threadName?: string
  readonly state: 'blocked' | 'stuck'
  /** When its event loop last turned, or one of its slots last changed: ISO 8601. */
  readonly since: string
  readonly forMs: number
  /** Its texts, by key name. */
  readonly texts: { readonly [name: string]: string }
}

export interface Health {
  readonly status: 'ok' | 'blocked' | 'stuck'
  readonly threads: readonly Ailment[]
  /** What keeps the verdict from being complete. */
  readonly notes?: readonly string[]
}

export function healthOf(readings: Readings, { tasks }: ResolvedOptions): Health {
  const threads = readings.watcher.statuses.filter(isAiling).map((status): Ailment => {
    const { threadId, threadName, state } = status
    const forMs = ailingMs(status)
    return {
      threadId,
      ...(threadName !== undefined && { threadName }),
      state,
      since: new Date(Date.now() - forMs).toISOString(),
      forMs,
      texts: readings.textsOf(threadId),
    }
  })
  const notes = tasks ? [tasks.started, tasks.done].flatMap(name => notesOf(readings, name)) : []
  const isStuck = threads.some(({ state }) => state === 'stuck')
  return {
    status: isStuck ? 'stuck' : threads.length > 0 ? 'blocked' : 'ok',
    threads,
    ...(notes.length > 0 && { notes }),
  }
}

/** Why a key can't tell which threads are busy; empty if it can. */
function notesOf({ table }: Readings, name: string): string[] {
  const key = table.keys().find(key => key.name === name)
  if (!key) return [`no thread has a key '${name}' so far; the option tasks names it`]
  if (isCounter(key)) return []
  return [`the option tasks names '${name}', which holds no number; use a key that counts, such as a count`]
}
