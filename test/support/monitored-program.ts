// A program with a monitor, for tests that watch it from another process. It prints the monitor's URL. Each line on standard
// input tells it what to do.
import { createInterface } from 'node:readline'
import { threadLocal } from 'threadslots'
import { monitor } from 'threadslots/monitor'

const local = threadLocal('program', { jobs: 'count', name: { type: 'text', length: 20 } })
local.jobs = 1234
local.name = 'before'
const { url } = await monitor({ port: 0, blockedMs: 250 })
console.log(url)

const ACTIONS: { readonly [line: string]: () => void } = {
  count: () => {
    local.jobs += 5
  },
  define: () => {
    threadLocal('later', { hits: 'count' }).hits = 77
  },
  block: () => {
    const word = new Int32Array(new SharedArrayBuffer(4))
    Atomics.wait(word, 0, 0)
  },
  exit: () => process.exit(),
}
createInterface(process.stdin).on('line', line => ACTIONS[line]?.())
