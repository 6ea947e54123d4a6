/*
 * Shows on a terminal what is being measured: a bar, and the time that is left.
 */
import { createLogUpdate } from 'log-update'
import { bar, cutEnd, seconds } from '../../tools/format.js'
import type { Progress } from '../harness/runner.js'

const BAR_COLUMNS = 30

export interface ProgressLine {
  show(progress: Progress): void
  clear(): void
}

/** Shows nothing if the stream is not a terminal. */
export function progressLine(stream: NodeJS.WriteStream): ProgressLine {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} }
  const update = createLogUpdate(stream)
  const started = performance.now()
  return {
    show({ done, jobs, label }) {
      const elapsed = (performance.now() - started) / 1000
      const left = done > 0 ? `, ${seconds((elapsed / done) * (jobs - done))} left` : ''
      const text = `${bar(done / jobs, BAR_COLUMNS).padEnd(BAR_COLUMNS, '░')} ${done}/${jobs}${left}  ${label}`
      update(cutEnd(text, stream.columns || 80))
    },
    clear() {
      update.clear()
      update.done()
    },
  }
}
