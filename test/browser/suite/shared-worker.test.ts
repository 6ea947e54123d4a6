// Shared workers: they get no page's memory, and have a table for themselves.
import { defaultTable } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { KINDS, type Kind } from './threads.js'
import type { Seen } from './workers/alone.js'

const connect = (kind: Kind): MessagePort => {
  const file = kind === 'module' ? 'alone.js' : 'alone.classic.js'
  return new SharedWorker(new URL(`workers/${file}`, import.meta.url), { type: kind }).port
}

const ask = (port: MessagePort, question: unknown): Promise<unknown> =>
  new Promise(resolve => {
    port.onmessage = ({ data }) => resolve(data)
    port.postMessage(question)
  })

for (const kind of KINDS) {
  test(`a ${kind} shared worker gets no memory of the page, and counts in a table of its own`, async () => {
    const port = connect(kind)
    const seen = (await ask(port, 'look')) as Seen
    assert.equal([seen.totals, seen.rows], [{ n: 3 }, 1])
    if (!seen.hasSharedMemory) {
      assert.match(seen.refusal ?? '', /^TypeError: .*Cross-Origin-Opener-Policy: same-origin/)
      assert.match(seen.refusal ?? '', /Cross-Origin-Embedder-Policy: require-corp/)
      assert.match(seen.refusal ?? '', /shared: false/)
      assert.is(await ask(port, defaultTable().buffer), 'it can not come')
    }
    port.close()
  })
}

test.run()
