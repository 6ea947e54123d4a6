/*
 * A service under load: workers serve HTTP requests, and many of them die. What they counted, by method, route and status, must
 * be exactly what their clients received: in this process, and in Prometheus.
 */
import { Registry } from 'prom-client'
import { totals } from 'threadslots'
import { collect } from 'threadslots/prometheus'
import * as assert from 'uvu/assert'
import { plural, seconds } from '../../../tools/format.js'
import type { Checklist } from './checklist.js'
import { type MetricsSources, sourceOf } from './metrics-server.js'
import type { Job, Prometheus, SeriesValue } from './prometheus-server.js'
import { type Life, runService } from './run-service.js'
import { answerOf, ERROR_MESSAGE, EXIT_CODE, METHODS, STATUSES, service } from './service-counters.js'

export const SERVICE_JOB: Job = { name: 'service', path: '/service' }

const REQUESTS = 'service_requests_total'
const LATENCY = 'service_latency_seconds'

/** The exit code and the error of a worker, by how it ended. */
const ENDS = {
  closes: [0, undefined],
  hangs: [1, undefined],
  exits: [EXIT_CODE, undefined],
  throws: [1, ERROR_MESSAGE],
}

export function createServiceMetrics(): MetricsSources {
  const registry = new Registry()
  collect(registry, service)
  return { [SERVICE_JOB.path]: sourceOf(registry) }
}

export async function checkService(
  checklist: Checklist,
  prometheus: Prometheus,
  log: (text: string) => void,
): Promise<void> {
  const startTime = Date.now()
  const { lives, answers } = await runService()
  const endTime = Date.now()
  await prometheus.whenScraped(SERVICE_JOB, 2, endTime)
  const now = Date.now()

  const answered = sum([...answers.values()])
  const failed = sum(lives.map(({ result }) => result.errors))
  const scrapes = (await prometheus.samples(`up{job="${SERVICE_JOB.name}"}`, now)).filter(
    ({ time, value }) => time > startTime && time < endTime && value === 1,
  )
  log(
    `${plural(lives.length, 'worker')} answered ${plural(answered, 'request')} in ${seconds((endTime - startTime) / 1000)}; ` +
      `${plural(failed, 'request')} failed; Prometheus scraped ${plural(scrapes.length, 'time')} meanwhile`,
  )
  checkLives(checklist, lives)

  const { requests, latency } = totals(service)
  checklist.check('workers counted, by method, route and status, the answers that clients received', () => {
    assert.equal(new Map(Array.from(requests, ({ labels, value }) => [answerOf(labels), value])), answers)
    assert.equal([requests.sum, latency.sum?.count], [answered, answered])
  })

  const query = (expression: string) => prometheus.values(expression, now)
  const [series, byStatus, resets, latencies, buckets] = await Promise.all([
    query(REQUESTS),
    query(`sum by (status) (${REQUESTS})`),
    query(`sum(resets(${REQUESTS}[1h]))`),
    query(`${LATENCY}_count`),
    query(`${LATENCY}_bucket{le="+Inf"}`),
  ])
  checklist.check('Prometheus has the same counts, by method, route and status', () => {
    assert.equal(countsBy(series, answerOf), answers)
  })
  checklist.check('its sums by status are what the load generator counted', () => {
    const counted = (status: string) =>
      sum(lives.map(({ result }) => result.statusCodeStats[status]?.count ?? 0))
    assert.equal(
      countsBy(byStatus, ({ status }) => status),
      new Map(STATUSES.map(status => [status, counted(status)])),
    )
  })
  checklist.check('its histogram of latencies has every request, by method', () => {
    const received = new Map(
      METHODS.map(method => [
        method,
        sum([...answers].filter(([answer]) => answer.startsWith(method)).map(([, count]) => count)),
      ]),
    )
    for (const counts of [latencies, buckets])
      assert.equal(
        countsBy(counts, ({ method }) => method),
        received,
      )
  })
  checklist.check('no series was ever reset', () =>
    assert.equal(resets, [{ name: '', labels: {}, value: 0 }]),
  )
}

function checkLives(checklist: Checklist, lives: readonly Life[]) {
  const dying = lives.filter(({ death }) => death !== undefined)
  checklist.check(`${dying.length} of ${lives.length} workers of the service died under load`, () => {
    for (const { death, exitCode, error, result } of lives) {
      const end = death ?? 'closes'
      assert.equal([exitCode, error], ENDS[end], `exit code and error of a worker that ${end}`)
      if (!death) assert.is(result.errors, 0, 'failed requests of a worker that closes')
      assert.is(result.timeouts, 0)
    }
    // By chance, a worker may die between two requests.
    const underLoad = dying.filter(({ result }) => result.errors > 0)
    assert.ok(underLoad.length >= dying.length / 2, `requests failed when ${underLoad.length} workers died`)
  })
}

const countsBy = <K>(
  series: readonly SeriesValue[],
  keyOf: (labels: SeriesValue['labels']) => K,
): Map<K, number> => new Map(series.map(({ labels, value }) => [keyOf(labels), value]))

const sum = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)
