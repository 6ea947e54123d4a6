// Shared workers can't get a page's memory, and have a table of their own.
import { defaultTable } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { KINDS, type Kind } from './start-worker.js'
import type { OwnTable } from './workers/shared-worker.js'

const connect = (kind: Kind): MessagePort => {
  const file = kind === 'module' ? 'shared-worker.js' : 'shared-worker.classic.js'
  return new SharedWorker(new URL(`workers/${file}`, import.meta.url), { type: kind }).port
}

const ask = (port: MessagePort, question: unknown): Promise<unknown> =>
  new Promise(resolve => {
    port.onmessage = ({ data }) => resolve(data)
    port.postMessage(question)
  })

for (const kind of KINDS) {
  test(`a ${kind} shared worker can’t receive the page’s memory, and counts in a table of its own`, async () => {
    const port = connect(kind)
    const seen = (await ask(port, 'count')) as OwnTable
    assert.equal([seen.totals, seen.rows], [{ n: 3 }, 1])
    if (!seen.hasSharedMemory) {
      assert.match(seen.refusal ?? '', /^TypeError: .*Cross-Origin-Opener-Policy: same-origin/)
      assert.match(seen.refusal ?? '', /Cross-Origin-Embedder-Policy: require-corp/)
      assert.match(seen.refusal ?? '', /shared: false/)
      assert.is(await ask(port, defaultTable().buffer), 'the message could not be read')
    }
    port.close()
  })
}

test.run()
