/*
 * The stream of readings, which the page opens again whenever it ends.
 */
import type { WireKey, WireReading } from '../wire.js'
import type { Link } from './verdict.js'

const EVENTS = 'events?interval=1000'
const RETRY_MS = 1000
/** Failures in a row after which the process has ended. A monitor whose thread is started again answers within a second. */
const MAX_FAILURES = 2

export interface Receiver {
  keys(keys: readonly WireKey[]): void
  reading(reading: WireReading): void
  link(link: Link): void
}

/**
 * Receives readings for as long as the page is open. It opens the stream again by itself, instead of leaving that to
 * `EventSource`: engines differ in when they give up, and none of them tells whether anybody answers.
 */
export function connect(receiver: Receiver): void {
  let failures = 0
  const open = () => {
    const source = new EventSource(EVENTS)
    source.addEventListener('keys', ({ data }) => receiver.keys(JSON.parse(data)))
    source.addEventListener('reading', ({ data }) => {
      failures = 0
      receiver.link('open')
      receiver.reading(JSON.parse(data))
    })
    source.addEventListener('error', () => {
      source.close()
      receiver.link(++failures >= MAX_FAILURES ? 'ended' : 'lost')
      setTimeout(open, RETRY_MS)
    })
  }
  open()
}
