// A page and its workers count by labels, and the page reads all of them.
import { defaultTable, perThread, totals, valuesOf } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CountByRoute, defineByRoute } from './by-route.js'
import { answerOf, endAll, KINDS, startScript, until } from './start-worker.js'

const local = defineByRoute()
const { buffer } = defaultTable()

/** What a worker counts, for each of some routes. */
const tell = (worker: Worker, routes: readonly string[]): Promise<string> => {
  const answer = answerOf<string>(worker)
  worker.postMessage({
    buffer,
    counts: routes.map(route => ({ method: 'GET', route })),
  } satisfies CountByRoute)
  return answer
}

const countOf = (route: string) => totals(local).requests.get({ method: 'GET', route }) ?? 0

test('a page and its workers share the children of a labelled key, and what ended workers counted stays', async () => {
  local.requests.with({ method: 'GET', route: '/größe 😀' }).add(100)
  const workers = KINDS.map(kind => startScript('by-route', kind))
  const routes = ['/größe 😀', '/b', '/b']
  const answers = await Promise.all(workers.map(worker => tell(worker, routes)))
  for (const answer of answers) {
    assert.equal(JSON.parse(answer), [
      { labels: { method: 'GET', route: '/größe 😀' }, value: 1 },
      { labels: { method: 'GET', route: '/b' }, value: 2 },
    ])
  }
  assert.equal([countOf('/größe 😀'), countOf('/b'), totals(local).requests.sum], [102, 4, 106])
  assert.is(totals(local).ms.get({ route: '/b' })?.count, 4)
  assert.is(valuesOf(local, 0).requests?.sum, 100)
  assert.equal(
    perThread(local).map(({ requests }) => requests?.length),
    [1, 2, 2],
  )
  const all = JSON.stringify(totals(local))
  for (const worker of workers) worker.terminate()
  await until(() => perThread(local).length === 1, 'the rows of both workers are free')
  assert.is(JSON.stringify(totals(local)), all)
  assert.is(totals(local, 'retired').requests.sum, 6)
})

test('labels beyond the limit count as `other`, and the console gets one warning', async () => {
  const warnings: string[] = []
  const { warn } = console
  console.warn = message => warnings.push(message)
  try {
    for (let route = 0; route < 10; route++) local.requests.with({ method: 'PUT', route }).add(1)
  } finally {
    console.warn = warn
  }
  const { requests } = totals(local)
  // Two children are there already.
  assert.equal([requests.length, requests.get({ method: 'other', route: 'other' })], [4, 9])
  assert.is(warnings.length, 1)
  assert.match(
    warnings.join(),
    /^threadslots: 'by route\.requests' counts \{"method":"PUT","route":"1"\} as 'other'/,
  )
})

test.after.each(endAll)
test.run()
