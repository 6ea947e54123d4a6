/*
 * The first line: which process it is, and what is wrong with it.
 */
import { ailingMs, isAiling } from '../monitor/ailing.js'
import { durationText } from './duration.js'
import type { RemoteSource } from './remote-source.js'

/** More are counted. */
const MAX_NAMES = 3
/** It is worth telling that readings don't come if this number of them is missing, and for at least that long. */
const MISSING_READINGS = 3
const MIN_SILENCE_MS = 3000

/** @param silenceMs the time since the last reading. */
export function titleOf(host: string, source: RemoteSource, silenceMs: number, intervalMs: number): string {
  const { pid, threads, uptimeMs } = source.last
  const isSilent = silenceMs > Math.max(MIN_SILENCE_MS, MISSING_READINGS * intervalMs)
  const { unmatched } = source
  return [
    host,
    `pid ${pid}`,
    `${threads.length} ${threads.length === 1 ? 'thread' : 'threads'}`,
    `up ${durationText(uptimeMs)}`,
    ...(isSilent ? [`no reading for ${durationText(silenceMs)}`] : []),
    ...(unmatched
      ? [`no key is called ${some(unmatched.patterns)} so far; there are ${some(unmatched.definitions)}`]
      : []),
    ...ailments(threads.filter(isAiling)),
  ].join(' · ')
}

const some = (names: readonly string[]): string =>
  [...names.slice(0, MAX_NAMES), ...(names.length > MAX_NAMES ? ['…'] : [])].join(', ')

function ailments(threads: RemoteSource['last']['threads']): string[] {
  const texts = threads.slice(0, MAX_NAMES).map(thread => {
    const { threadId, threadName, state } = thread
    const name = threadName === undefined ? `thread ${threadId}` : `thread ${threadId} (${threadName})`
    return `${threadId === 0 ? 'main thread' : name} ${state} for ${durationText(ailingMs(thread))}`
  })
  const others = threads.length - texts.length
  return others > 0 ? [...texts, `${others} more`] : texts
}
