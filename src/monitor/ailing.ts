/*
 * Threads that don't get on. The monitor, its page and the command mean the same ones by that.
 */

interface Condition {
  readonly state: string
  readonly unchangedMs: number
  readonly blockedMs?: number
}

/** True if a thread is blocked or stuck. */
export const isAiling = <T extends Pick<Condition, 'state'>>(
  thread: T,
): thread is T & { readonly state: 'blocked' | 'stuck' } =>
  thread.state === 'blocked' || thread.state === 'stuck'

/** How long it has been so: since one of its slots last changed, or since its event loop last turned. */
export const ailingMs = ({ state, unchangedMs, blockedMs = 0 }: Condition): number =>
  state === 'stuck' ? unchangedMs : blockedMs
