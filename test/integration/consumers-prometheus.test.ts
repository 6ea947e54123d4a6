// Row 13 of what users run into: a project with one of the two Prometheus clients, or with both, and this package from its tarball.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createProject, manifest, run, write } from './consumers/project.js'

const CLIENTS = ['prom-client', '@prometheus-io/client']

const counts = `import { threadLocal } from 'threadslots'
import { labelled } from 'threadslots/labels'
export const local = threadLocal('server', { requests: labelled('count', ['method', 'status']) })
`

const worker = `import { local } from './counts.mjs'
local.requests.with({ method: 'GET', status: 200 }).add(40)
local.requests.with({ method: 'GET', status: 404 }).add(1)
`

/** Prints what each client's own global registry reports. */
const mainOf = (clients: readonly string[]) => `import { Worker } from 'node:worker_threads'
import { collect } from 'threadslots/prometheus'
import { local } from './counts.mjs'
${clients.map((client, i) => `import { register as register${i} } from '${client}'`).join('\n')}
const registers = [${clients.map((_, i) => `register${i}`)}]
for (const register of registers) collect(register, local)
local.requests.with({ method: 'GET', status: 200 }).add(2)
new Worker(new URL('./worker.mjs', import.meta.url)).on('exit', async () => {
  const texts = await Promise.all(registers.map(register => register.metrics()))
  console.log(JSON.stringify(texts.map(text => text.split('\\n').filter(line => /^[^#]/.test(line)))))
})
`

for (const clients of [...CLIENTS.map(client => [client]), CLIENTS]) {
  test(`counts of a worker are exported with ${clients.join(' and ')} installed`, () => {
    const folder = createProject(clients)
    write(folder, { 'counts.mjs': counts, 'worker.mjs': worker, 'main.mjs': mainOf(clients) })
    const lines = [
      'server_requests_total{method="GET",status="200"} 42',
      'server_requests_total{method="GET",status="404"} 1',
    ]
    assert.equal(
      JSON.parse(run(process.execPath, ['main.mjs'], folder)),
      clients.map(() => lines),
    )
  })
}

test('npm has no reason to refuse a version of a client: they are no peers', () => {
  const peers = Object.keys(manifest.peerDependencies ?? {})
  assert.ok(peers.includes('@opentelemetry/api'))
  for (const client of CLIENTS) assert.not(peers.includes(client), client)
})

test.run()
