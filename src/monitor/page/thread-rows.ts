/*
 * Which threads the table shows, and what of them.
 */
import { isAiling } from '../ailing.js'
import type { ReceivedReading, WireKey } from '../wire.js'
import { rateOf } from './history.js'
import { kindOf } from './key-groups.js'
import { textsOf } from './verdict.js'

export type Thread = ReceivedReading['threads'][number]

/**
 * The threads whose id, name, state or texts contain a filter's text. Those that are blocked or stuck come first: they mustn't
 * be among those that aren't shown.
 */
export function selectThreads(threads: readonly Thread[], filter: string): Thread[] {
  const wanted = filter.trim().toLowerCase()
  const found = threads.filter(thread => {
    if (!wanted) return true
    const { threadId, threadName = '', state } = thread
    return [`${threadId}`, threadName, state, ...textsOf(thread)].some(text =>
      text.toLowerCase().includes(wanted),
    )
  })
  return [...found.filter(isAiling), ...found.filter(thread => !isAiling(thread))]
}

/** Keys by which threads can be compared: those whose value is one number, and histograms, of which it is the count. */
export const comparableKeys = (keys: readonly WireKey[]): WireKey[] =>
  keys.filter(
    ({ type, length, histogram, labels }) =>
      type !== 'text' && !labels && (length === undefined || histogram !== 0),
  )

/** A thread's value of such a key; undefined if it has none. */
export function numberIn({ values }: Thread, { name, histogram }: WireKey): number | bigint | undefined {
  const value = values[name]
  return histogram === 0 || value === undefined
    ? (value as number | bigint | undefined)
    : (value as { count: number }).count
}

/** What a thread added to a sum per second since an earlier reading; undefined if that is unknown. */
export function threadRate(
  thread: Thread,
  key: WireKey,
  earlier: Thread | undefined,
  seconds: number,
): number | undefined {
  const kind = kindOf(key)
  if (kind !== 'rate' && kind !== 'percentiles') return undefined
  const now = numberIn(thread, key)
  const before = earlier && numberIn(earlier, key)
  if (now === undefined || before === undefined || !(seconds > 0)) return undefined
  return rateOf(key, before, now, seconds) ?? undefined
}
