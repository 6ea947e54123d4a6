// Chaos: thousands of real threads that die, and not one increment that is lost. Run by `npm run chaos`.
import { createLogUpdate } from 'log-update'
import { readCommandLine } from '../../tools/command-line.js'
import { cutEnd } from '../../tools/format.js'
import { HELP, parsePlan, USAGE } from './harness/arguments.js'
import { isClean, type Report, summary, tableOf } from './harness/report.js'
import { storm } from './harness/storm.js'

/** How often a pipe gets a line. */
const PIPE_MS = 5000

const plan = readCommandLine(parsePlan, HELP, USAGE)
if (plan !== undefined) {
  console.log(`chaos for ${plan.seconds} s, seed ${plan.seed}`)
  const stop = new AbortController()
  // Whoever has seen enough gets the report of what was done; at the second time, the end.
  process.once('SIGINT', () => stop.abort())
  const line = lineOn(process.stdout)
  const report = await storm({ ...plan, signal: stop.signal }, line.show)
  line.clear()
  console.log(tableOf(report))
  if (!isClean(report)) process.exitCode = 1
}

/** A terminal has one line that is redrawn; a pipe gets a line now and then. */
function lineOn(stream: NodeJS.WriteStream) {
  if (stream.isTTY) {
    const update = createLogUpdate(stream)
    return {
      show: (report: Report) => update(cutEnd(summary(report), stream.columns || 80)),
      clear() {
        update.clear()
        update.done()
      },
    }
  }
  let next = performance.now() + PIPE_MS
  return {
    show(report: Report) {
      if (performance.now() < next) return
      next += PIPE_MS
      stream.write(`${summary(report)}\n`)
    },
    clear() {},
  }
}
