/*
 * `threadslots top`: follows a monitor's readings, and shows them.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { LiveTable, READINGS_PER_PLAIN_LINE } from '../top/live-table.js'
import { keyboardFor } from '../top/options.js'
import { isTerminal, type TopStream } from '../top/stream.js'
import { printable } from '../top/text.js'
import type { TopRequest } from './arguments.js'
import { ConnectionError, OtherProcessError, ProtocolError } from './problems.js'
import { type Limits, receiveEvents } from './receive-events.js'
import { RemoteSource } from './remote-source.js'
import { titleOf } from './title.js'

/** Where a command writes. */
export interface Streams {
  readonly stdout: TopStream
  readonly stderr: Pick<TopStream, 'write'>
}

/** A monitor that has died is back after this time, if it comes back. */
const RECONNECT_MS = 500
/** How often the title is drawn without a reading: it says how long there has been none. */
const TITLE_MS = 1000

/** Shows a live table until the process or the user ends it. Returns the exit status. */
export async function watch(
  { url, intervalMs, keys }: TopRequest,
  { stdout, stderr }: Streams,
  limits?: Limits,
): Promise<number> {
  const source = new RemoteSource(keys)
  const closing = new AbortController()
  let table: LiveTable | undefined
  let lastReadingAt = 0
  let linesDue = 0

  const open = () =>
    new LiveTable(source, {
      stream: stdout,
      input: keyboardFor(stdout),
      showCursor: true,
      title: () => titleOf(url.host, source, performance.now() - lastReadingAt, intervalMs),
      onClose: () => closing.abort(),
    })
  const isLineDue = () => source.hasRates && linesDue++ % READINGS_PER_PLAIN_LINE === 0
  const follow = async () => {
    for await (const event of receiveEvents(eventsUrl(url, intervalMs), closing.signal, limits)) {
      if (!source.receive(event)) continue
      lastReadingAt = performance.now()
      if (!table) table = open()
      else if (isTerminal(stdout) || isLineDue()) table.refresh()
    }
  }
  const show = async () => {
    for (;;) {
      const before = source.readingCount
      await follow().catch(error => {
        // Without a table, there is nothing to show: the process was never there.
        if (!table || !(error instanceof ConnectionError || error instanceof OtherProcessError)) throw error
      })
      if (closing.signal.aborted) return 0
      if (!table) throw new ProtocolError(`${url.host} ended the stream before it had sent a reading`)
      if (source.readingCount === before) break
      // The process has ended; or its monitor has died, and is started again; or the monitor has cut the connection, because
      // this process was stopped.
      await delay(RECONNECT_MS, undefined, { signal: closing.signal }).catch(() => {})
    }
    table.stop()
    stderr.write(`${url.host} is gone: the process has ended, or has stopped its monitor\n`)
    return 0
  }
  const report = (error: unknown) => {
    if (!(error instanceof ConnectionError || error instanceof ProtocolError)) throw error
    table?.stop()
    stderr.write(`threadslots: ${printable(error.message)}\n`)
    return 1
  }
  const ticker = setInterval(() => isTerminal(stdout) && table?.redraw(), TITLE_MS)
  return show()
    .catch(report)
    .finally(() => clearInterval(ticker))
}

/** A URL may lead to a monitor through a proxy, with a path. */
function eventsUrl(url: URL, intervalMs: number): URL {
  const base = new URL(url)
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return new URL(`events?interval=${intervalMs}`, base)
}
