/*
 * The sentence at the top of the page: how the process is.
 */
import { ailingMs, isAiling } from '../ailing.js'
import type { ReceivedReading } from '../wire.js'
import { duration, timeOfDay } from './format.js'

/** What is known of the stream of readings. */
export type Link = 'connecting' | 'open' | 'lost' | 'ended'

/** `silent`: the stream is open, and no reading comes. */
export type Mood = 'connecting' | 'healthy' | 'blocked' | 'stuck' | 'silent' | 'lost' | 'ended'

export interface Verdict {
  readonly mood: Mood
  /** The mood in a word or two. */
  readonly word: string
  /** What the page shows; changes as time passes. */
  readonly sentences: readonly string[]
  /** What screen readers say: the same without times, so that it changes only when there is news. */
  readonly news: string
}

/** Without a reading for this long, the monitor's thread isn't running. */
export const SILENT_MS = 5000

const MAX_SENTENCES = 3

type Thread = ReceivedReading['threads'][number]

/** How the process is. @param sinceMs milliseconds since the latest reading arrived. */
export function verdictOf(link: Link, reading: ReceivedReading | undefined, sinceMs: number): Verdict {
  if (!reading) {
    const text =
      link === 'ended' ? 'No process answers here. The page keeps trying.' : 'Waiting for the first reading …'
    return simple('connecting', 'connecting', text)
  }
  const last = `Last reading ${timeOfDay(reading.timeMs)}.`
  if (link === 'ended') return simple('ended', 'ended', `The process has ended. ${last}`)
  if (link === 'lost') return simple('lost', 'reconnecting', `The connection is lost; reconnecting … ${last}`)
  if (sinceMs >= SILENT_MS) {
    const text = 'No reading arrives. The process is stopped, or the machine is too busy to run the monitor.'
    return { ...simple('silent', 'silent', text), sentences: [text, last] }
  }
  const ailing = reading.threads.filter(isAiling)
  if (ailing.length === 0) return simple('healthy', 'healthy', 'All threads are well.')
  const isStuck = ailing.some(({ state }) => state === 'stuck')
  const more = ailing.length - MAX_SENTENCES
  return {
    mood: isStuck ? 'stuck' : 'blocked',
    word: isStuck ? 'stuck' : 'blocked',
    sentences: [
      ...ailing.slice(0, MAX_SENTENCES).map(thread => {
        const time = duration(ailingMs(thread))
        return `${threadTitle(thread)} has been ${thread.state} for ${time}${placeOf(thread)}.`
      }),
      ...(more > 0 ? [`${more} more ${more === 1 ? 'thread is' : 'threads are'} blocked or stuck.`] : []),
    ],
    news: ailing.map(thread => `${threadTitle(thread)} is ${thread.state}.`).join(' '),
  }
}

const simple = (mood: Mood, word: string, text: string): Verdict => ({
  mood,
  word,
  sentences: [text],
  news: text,
})

/** `The main thread`, `Worker 2`, `Worker 2 “decoder”` */
export function threadTitle({ threadId, threadName }: Thread): string {
  const title = threadId === 0 ? 'The main thread' : `Worker ${threadId}`
  return threadName === undefined ? title : `${title} “${threadName}”`
}

/** A thread's texts, without empty ones. */
export const textsOf = ({ values }: Pick<Thread, 'values'>): string[] =>
  Object.values(values).filter((value): value is string => typeof value === 'string' && value !== '')

const placeOf = (thread: Thread): string => {
  const texts = textsOf(thread)
  return texts.length === 0 ? '' : ` in ${texts.join(', ')}`
}
