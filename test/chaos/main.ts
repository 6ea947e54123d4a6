// Starts and kills thousands of real threads, and shows that no increment is lost. Run by `npm run chaos`; the method is
// explained in harness/chaos-run.ts.
import { createLogUpdate } from 'log-update'
import { readCommandLine } from '../../tools/command-line.js'
import { cutEnd } from '../../tools/format.js'
import { HELP, parsePlan, USAGE } from './harness/arguments.js'
import { runChaos } from './harness/chaos-run.js'
import { isClean, type Report, summary, tableOf } from './harness/report.js'

/** If the output isn't a terminal, a line is printed this often. */
const PIPE_MS = 5000

const plan = readCommandLine(parsePlan, HELP, USAGE)
if (plan !== undefined) {
  console.log(`chaos for ${plan.seconds} s, seed ${plan.seed}`)
  const stop = new AbortController()
  // The first Ctrl+C ends the run and prints its report. The second one ends the process.
  process.once('SIGINT', () => stop.abort())
  const progress = progressOn(process.stdout)
  const report = await runChaos({ ...plan, signal: stop.signal }, progress.show)
  progress.clear()
  console.log(tableOf(report))
  if (!isClean(report)) process.exitCode = 1
}

/** Shows progress: in a terminal, on one line that is redrawn; elsewhere, on a new line now and then. */
function progressOn(stream: NodeJS.WriteStream) {
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
