// A real Prometheus scrapes the counters of a pool whose workers die, and is asked what it saw. Run by
// `npm run test:prometheus`.
import { Checks } from './checks.js'
import { checkClaims, LEAST_VALUES, type Results, valuesIn } from './claims.js'
import { checkNames } from './lint.js'
import { BY_THREAD, MESSAGES, type Metrics, SLOTS, serveMetrics } from './metrics.js'
import { findPrometheus } from './program.js'
import { Prometheus } from './prometheus.js'
import { read, readSum } from './readings.js'
import { tableOf } from './table.js'
import { until } from './until.js'
import { work } from './work.js'

const TITLE = 'a real Prometheus counts what a pool does whose workers die'
/** It takes 10 seconds where nothing else goes on. */
const LIMIT_SECONDS = 180

const started = performance.now()
const tell = (what: string) => console.log(`${((performance.now() - started) / 1000).toFixed(1)} s  ${what}`)
const checks = new Checks()

// All that was started ends with this process, whichever way that ends.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))
const limit = setTimeout(() => {
  checks.fail(TITLE, new Error(`not at its end after ${LIMIT_SECONDS} s`))
  close()
  process.exit()
}, LIMIT_SECONDS * 1000)

try {
  await run()
} catch (error) {
  checks.fail(TITLE, error)
}
clearTimeout(limit)
close()

async function run(): Promise<void> {
  const program = findPrometheus(tell)
  await checkNames(checks, program.promtool)
  const metrics = await serveMetrics()
  try {
    const prometheus = await Prometheus.start(program.path, metrics.port)
    try {
      tell(`Prometheus ${program.version} is up`)
      const results = await measure(prometheus, metrics)
      console.log(`\n${tableOf(results)}\n`)
      checkClaims(checks, results)
    } finally {
      await prometheus.stop()
    }
  } finally {
    metrics.close()
  }
}

async function measure(prometheus: Prometheus, { receive }: Metrics): Promise<Results> {
  const names = [SLOTS, ...MESSAGES]
  const areScraped = async (times: number, since: number) => {
    const all = await Promise.all(names.map(name => prometheus.samples(name, Date.now())))
    return all.every(samples => samples.filter(({ time }) => time > since).length >= times)
  }
  await until(() => areScraped(1, 0))
  const began = Date.now()
  tell('the first samples are scraped; the pool begins')
  // On a fast machine all would be over before enough was seen.
  const isWanted = async () => {
    const samples = await prometheus.samples(SLOTS, Date.now())
    return valuesIn(samples, began, Number.POSITIVE_INFINITY).length < LEAST_VALUES
  }
  const done = await work(isWanted, receive)
  const ended = Date.now()
  tell(`${done.tasks.length} tasks are over, and ${done.workers} workers have come and gone`)
  await until(() => areScraped(2, ended))
  const now = Date.now()
  const slots = await read(prometheus, SLOTS, now)
  const threads = await readSum(prometheus, BY_THREAD, slots)
  const messages = await Promise.all(MESSAGES.map(name => read(prometheus, name, now)))
  return { work: done, began, ended, slots, threads, messages }
}

function close() {
  console.log(`${checks.passed} passed, ${checks.failed} failed`)
  process.exitCode = checks.failed === 0 && checks.passed > 0 ? 0 : 1
}
