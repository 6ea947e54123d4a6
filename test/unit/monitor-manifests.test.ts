// The manifests in docs/monitor.md, as Kubernetes, Compose, Prometheus and the collector would parse them. Each name and number in them has
// to fit the others, and the monitor's options.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parseAllDocuments } from 'yaml'
import { optionsIn } from '../../src/monitor/auto.js'
import { resolveOptions } from '../../src/monitor/options.js'
import { root } from '../../tools/repository.js'

const page = readFileSync(join(root, 'docs/monitor.md'), 'utf8')
const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
// biome-ignore lint/suspicious/noExplicitAny: a manifest can be anything, and a wrong path in it fails the test.
const documents: any[] = blocks.flatMap(block =>
  parseAllDocuments(block).map(document => {
    assert.equal([...document.errors, ...document.warnings], [], block)
    return document.toJS()
  }),
)

/** The only manifest with such a property. */
const manifestWith = (isWanted: (document: (typeof documents)[number]) => unknown) => {
  const [found, ...others] = documents.filter(isWanted)
  assert.ok(found)
  assert.equal(others, [])
  return found
}

const deployment = manifestWith(({ kind }) => kind === 'Deployment')
const [container] = deployment.spec.template.spec.containers
const environment = Object.fromEntries(
  container.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
)
const monitorPort = container.ports.find(({ name }: { name: string }) => name === 'monitor').containerPort

test('the page has a manifest for each place that it describes', () => {
  assert.is(blocks.length, 5)
  for (const block of blocks) assert.ok(block.length > 50, block)
})

test('the environment of the pod starts a monitor that the kubelet reaches', () => {
  const options = resolveOptions(optionsIn(environment.THREADSLOTS_MONITOR))
  assert.is(options.host, '0.0.0.0')
  assert.is(options.port, monitorPort)
  assert.equal(options.tasks, { started: 'jobs.started', done: 'jobs.done' })
  assert.is(environment.NODE_OPTIONS, '--import threadslots/monitor/auto')
})

test("the pod's probes ask for the health, at the monitor's port", () => {
  for (const probe of [container.livenessProbe, container.readinessProbe])
    assert.equal(probe.httpGet, { path: '/health', port: 'monitor' })
  const { periodSeconds, failureThreshold } = container.livenessProbe
  assert.is(periodSeconds * failureThreshold, 60, 'restarts after a minute, as the page says')
})

test("the pod's labels, selectors, annotations and network policy fit each other", () => {
  const { selector, template } = deployment.spec
  assert.equal(selector.matchLabels, template.metadata.labels)
  assert.is(Number(template.metadata.annotations['prometheus.io/port']), monitorPort)
  const policy = manifestWith(({ kind }) => kind === 'NetworkPolicy')
  assert.equal(policy.spec.podSelector.matchLabels, template.metadata.labels)
  const rules = policy.spec.ingress.map(
    ({ ports: [{ port }], from }: { ports: [{ port: number }]; from?: [] }) => [port, from !== undefined],
  )
  assert.equal(rules, [
    [8080, false],
    [monitorPort, true],
  ])
})

test('the collector reads from the address that a monitor listens on by default', () => {
  const { receivers, exporters, service } = manifestWith(({ receivers }) => receivers)
  const [job] = receivers.prometheus.config.scrape_configs
  const { host, port } = resolveOptions({})
  assert.equal(job.static_configs, [{ targets: [`${host}:${port}`] }])
  const { metrics } = service.pipelines
  assert.equal(metrics.receivers, Object.keys(receivers))
  assert.equal(metrics.exporters, Object.keys(exporters))
})

test("in the Compose project, the monitor knows its service's name", () => {
  const { services } = manifestWith(({ services }) => services)
  const options = resolveOptions(optionsIn(services.app.environment.THREADSLOTS_MONITOR))
  assert.is(options.host, '0.0.0.0')
  assert.equal(options.allowedHosts, ['app'])
  assert.match(services.app.command, /--import threadslots\/monitor\/auto /)
})

test('Prometheus finds the files that the processes of a cluster write', () => {
  const [job] = manifestWith(({ scrape_configs }) => scrape_configs).scrape_configs
  assert.match(job.file_sd_configs[0].files[0], /targets\/\*\.json$/)
  assert.match(page, /const file = `targets\/\$\{process\.pid\}\.json`/)
})

test('the service mesh lets requests for the monitor through', () => {
  const { metadata } = manifestWith(({ kind, metadata }) => !kind && metadata)
  assert.is(Number(metadata.annotations['traffic.sidecar.istio.io/excludeInboundPorts']), monitorPort)
})

test.run()
