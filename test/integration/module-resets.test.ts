// The package evaluated again and again in one thread, as by hot reloading, and by the module resets of Jest and Vitest.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { skipOn } from '../../tools/testing/skip.js'
import { inCleanProcess } from '../support/processes.js'

test('400 copies of the package add one listener, and onThreadExit works in each of them', async () => {
  const seen = await inCleanProcess(async () => {
    const { ended, start } = await import('../support/workers.js')
    const diagnostics = await import('node:diagnostics_channel')
    const channel = diagnostics.channel('worker_threads') as unknown as { _subscribers?: unknown[] }
    const countListeners = () => process.listenerCount('worker') + (channel._subscribers?.length ?? 0)
    const before = countListeners()
    const core = import.meta.resolve('threadslots')
    const exits = new Map<number, number>()
    let last: typeof import('threadslots') | undefined
    for (let copy = 0; copy < 400; copy++) {
      last = (await import(`${core}?copy=${copy}`)) as typeof import('threadslots')
      const local = last.threadLocal('jobs', { done: 'u32' })
      local.done++
      last.onThreadExit(local, ({ values }) => exits.set(copy, values.done ?? 0))
    }
    await ended(start('do-job.js'))
    await new Promise(resolve => setImmediate(resolve))
    const { threads, totals } = (last as typeof import('threadslots')).defaultTable().snapshot()
    return [
      countListeners() - before,
      threads.length,
      totals['jobs.done'],
      exits.size,
      new Set(exits.values()).size,
    ]
  })
  assert.equal(seen, [1, 1, 401, 400, 1])
})

// Jest's realm: a context with a copy of `process` on which the 'worker' event never fires, and which says that it is the
// module 'node:process'. `npm run test:runners` shows with Jest itself that deaths are noticed.
skipOn({ bun: 'Jest runs on Node', deno: 'Jest runs on Node' })(
  'in a context with a copy of process, deaths are noticed, and nothing keeps the context alive',
  async () => {
    const seen = await inCleanProcess(async () => {
      const vm = await import('node:vm')
      const { fileURLToPath } = await import('node:url')
      const { buildSync } = await import('esbuild')
      const { ended, start } = await import('../support/workers.js')
      const collect = (globalThis as { gc?: () => void }).gc as () => void
      // As a script: Node never collects the context of a vm.SourceTextModule, not even of an empty one.
      const entryPoints = [fileURLToPath(import.meta.resolve('threadslots'))]
      const { outputFiles } = buildSync({
        entryPoints,
        bundle: true,
        platform: 'node',
        format: 'esm',
        write: false,
      })
      const text = outputFiles[0]?.text ?? ''
      const asObject = (_: string, names: string) => `return {${names.replace(/(\w+) as (\w+)/g, '$2: $1')}}`
      const source = `(() => {${text.replace(/^export \{([^}]*)\};?/m, asObject)}\n})()`
      const evaluate = () => {
        const { env, getuid, pid, versions } = process
        const copy = {
          env,
          getuid,
          pid,
          versions,
          on: () => {},
          emit: () => false,
          emitWarning: () => {},
          getBuiltinModule: (id: string): unknown =>
            id === 'node:process' ? copy : process.getBuiltinModule(id),
        }
        const globals = {
          process: copy,
          queueMicrotask,
          TextDecoder,
          TextEncoder,
          performance,
          structuredClone,
        }
        const context = vm.createContext(globals)
        return { context, core: vm.runInContext(source, context) as typeof import('threadslots') }
      }
      const useOnce = async () => {
        const { context, core } = evaluate()
        const local = core.threadLocal('jobs', { done: 'u32' })
        let exits = 0
        core.onThreadExit(local, () => exits++)
        await ended(start('do-job.js'))
        await new Promise(resolve => setImmediate(resolve))
        return {
          seen: [exits, core.totals(local, 'live').done, core.totals(local).done],
          context: new WeakRef(context),
        }
      }
      const uses = [await useOnce(), await useOnce(), await useOnce()]
      // Timers of the copies may run for half a second.
      for (let i = 0; i < 100 && uses.some(({ context }) => context.deref()); i++) {
        await new Promise(resolve => setTimeout(resolve, 50))
        collect()
      }
      return uses.map(({ seen, context }) => [...seen, context.deref() === undefined])
    }, ['--expose-gc'])
    assert.equal(seen, [
      [1, 0, 1, true],
      [1, 0, 2, true],
      [1, 0, 3, true],
    ])
  },
)

skipOn({ bun: 'its versions are not Node’s', deno: 'its versions are not Node’s' })(
  'on a Node without process.getBuiltinModule, the error names the supported versions',
  async () => {
    const seen = await inCleanProcess(async () => {
      const own = Object.getOwnPropertyDescriptors(process)
      const old = Object.create(null, own) as NodeJS.Process
      Object.defineProperty(old, 'getBuiltinModule', { value: undefined })
      Object.defineProperty(old, 'versions', { value: { ...process.versions, node: '22.2.0' } })
      const current = process
      Object.defineProperty(globalThis, 'process', { value: old, configurable: true })
      const { SlotTable, threadLocal } = await import('threadslots')
      const seen = [() => threadLocal('jobs', { done: 'u32' }), () => SlotTable.create()].map(run => {
        try {
          return run()
        } catch (error) {
          return String(error)
        }
      })
      Object.defineProperty(globalThis, 'process', { value: current, configurable: true })
      return seen
    })
    const message = "RangeError: Node's version is '22.2.0'; use 20.16 or a later 20, or 22.3 or later"
    assert.equal(seen, [message, message])
  },
)

test.run()
