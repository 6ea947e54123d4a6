// The default table: how much it holds, what it costs, and what happens where address space is limited.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { run } from '../../tools/child-process.js'
import { RUNTIME } from '../../tools/testing/runtime.js'
import { skipIf } from '../../tools/testing/skip.js'
import { inCleanProcess } from '../support/processes.js'

// JavaScriptCore counts reserved memory as used, so the table is small there.
const isBun = RUNTIME === 'bun'

const MIB = 2 ** 20

test('histograms, keys and long names fit without configuration', async () => {
  const seen = await inCleanProcess(async () => {
    const { defaultTable, threadLocal, totals } = await import('threadslots')
    const { histogram } = await import('threadslots/histogram')
    const isSmall = process.versions.bun !== undefined
    const ms = histogram({ min: 0.1, max: 100_000, digits: 2 })
    const names = Array.from({ length: isSmall ? 4 : 8 }, (_, i) => `h${i}`)
    const service = threadLocal('service', Object.fromEntries(names.map(name => [name, ms])))
    const keys = isSmall ? 1000 : 3000
    const large = threadLocal(
      'n',
      Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, 'u32'])),
    )
    const long = threadLocal('l', { ['x'.repeat(198)]: 'u32' })
    for (const name of names) service[name]?.record(5)
    Object.assign(large, { k0: 1, [`k${keys - 1}`]: 2 })
    Object.assign(long, { ['x'.repeat(198)]: 3 })
    const counts = Object.values(totals(service)).map(({ count }) => count)
    const numbers = Object.values(totals(large)) as number[]
    return [
      counts.every(count => count === 1) && counts.length === names.length,
      numbers.reduce((sum, n) => sum + n) === 3 && numbers.length === keys,
      Object.values(totals(long)),
      defaultTable().lost,
      new Int32Array(defaultTable().buffer)[3],
    ]
  })
  assert.equal(seen, [true, true, [3], { threads: 0, keys: 0 }, isBun ? 64 : 1024])
})

test('an empty default table takes hardly any memory, and shows as at most 11 MiB', async () => {
  const { rss, shown, byteLength } = await inCleanProcess(async () => {
    const { defaultTable, SlotTable, threadLocal, totals } = await import('threadslots')
    // Everything but the default table's memory has been used once.
    const table = SlotTable.create()
    const n = table.key('n', 'u32')
    table.attach().slot(n).add(1)
    table.fold(n)
    const usage = () => process.memoryUsage()
    usage()
    const before = usage()
    const { byteLength } = defaultTable()
    const local = threadLocal('jobs', { done: 'u32' })
    local.done++
    totals(local)
    const after = usage()
    return { rss: after.rss - before.rss, shown: after.arrayBuffers - before.arrayBuffers, byteLength }
  })
  assert.ok(byteLength > (isBun ? 8 : 300) * MIB, `${byteLength} bytes are reserved`)
  // Mostly code that is compiled meanwhile, up to 4 MiB on Bun. A table that is in memory as a whole takes at least 8 MiB.
  assert.ok(rss < 6 * MIB, `${rss} bytes are in memory`)
  assert.ok(shown <= 11 * MIB, `${shown} bytes are shown`)
})

test('where address space is short, the default table is smaller', async () => {
  const seen = await inCleanProcess(async () => {
    const Real = SharedArrayBuffer
    const tried: number[] = []
    let limit = 20e6
    class Limited extends Real {
      constructor(byteLength: number, options?: object) {
        tried.push(byteLength)
        if (byteLength > limit) throw new RangeError('Array buffer allocation failed')
        super(byteLength, ...((options ? [options] : []) as []))
      }
    }
    Object.defineProperty(globalThis, 'SharedArrayBuffer', { value: Limited })
    // Bun's table is a WebAssembly memory.
    type Limits = { initial: number; maximum: number; shared: true }
    const wasm = (globalThis as unknown as { WebAssembly: { Memory: new (limits: Limits) => object } })
      .WebAssembly
    wasm.Memory = class extends wasm.Memory {
      constructor(limits: Limits) {
        tried.push(limits.initial * 65536)
        if (limits.initial * 65536 > limit) throw new RangeError('Out of memory')
        super(limits)
      }
    }
    if (process.versions.bun) limit = 4e6
    const { defaultTable, threadLocal, totals } = await import('threadslots')
    const { buffer, byteLength } = defaultTable()
    const dimensions = [...new Int32Array(buffer, 12, 3)]
    const local = threadLocal('jobs', { done: 'u32' })
    local.done++
    // Runtimes allocate small buffers of their own.
    const tables = tried.filter(length => length > 1e6)
    const isNeverLarger = tables.every((length, i) => i === 0 || length < (tables[i - 1] as number))
    return [dimensions, byteLength <= limit, isNeverLarger, totals(local)]
  })
  assert.equal(seen, [isBun ? [8, 3584, 1024] : [128, 8192, 3072], true, true, { done: 1 }])
})

const isLimitable = process.platform === 'linux' && RUNTIME === 'node'
const reason = 'only a shell on Linux limits address space, of which Bun and Deno need too much themselves'

skipIf(isLimitable ? undefined : reason)(
  'under `ulimit -v`, a program with a default table runs as before',
  async () => {
    const program = `import { readFileSync } from 'node:fs'
      import { defaultTable, threadLocal, totals } from 'threadslots'
      const local = threadLocal('jobs', { done: 'u32' })
      local.done++
      const peak = Number(/VmPeak:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
      console.log(JSON.stringify({ peak, byteLength: defaultTable().byteLength, ...totals(local) }))`
    const start = async (limit: string) => {
      const script = `ulimit -v ${limit}; exec "$0" --input-type=module --eval "$1"`
      const { stdout, stderr } = await run('sh', ['-c', script, process.execPath, program])
      return { ...JSON.parse(stdout || '{}'), stderr }
    }
    const free = await start('unlimited')
    assert.ok(free.byteLength > 300 * MIB)
    // Half of the table is missing.
    const limited = await start(String(Math.floor(free.peak - free.byteLength / 2 / 1024)))
    assert.ok(limited.byteLength < free.byteLength / 2, JSON.stringify(limited))
    assert.equal([limited.done, limited.stderr], [1, ''])
  },
)

test.run()
