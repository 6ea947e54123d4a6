// Tests that a runtime can't do.
import { test } from 'uvu'
import { RUNTIME, type RuntimeName, SKIP_MARK, type Skip } from './runtime.js'

/**
 * uvu's `test`, but on the runtimes that can't do what is tested: there it is skipped, and says why.
 *
 * ```ts
 * skipOn({ bun: 'it has no resourceLimits' })('a thread that runs out of memory …', async () => { … })
 * ```
 */
export const skipOn = (reasons: { readonly [R in RuntimeName]?: string }): typeof test =>
  skipFor(reasons[RUNTIME])

/** uvu's `test`; where there is a reason, what skips instead, and says why. */
export function skipFor(reason: string | undefined): typeof test {
  if (reason === undefined) return test
  const skip = (name: string) => {
    console.log(`\n${SKIP_MARK}${JSON.stringify({ test: name, reason } satisfies Skip)}`)
    test.skip(name)
  }
  return Object.assign(skip, test)
}

const RUNS_ON =
  'a thread that never yields runs on: terminate() emits exit at once and does not stop it, nor do resourceLimits'
const NO_LIMITS = 'it ignores resourceLimits: a worker fills the memory of the whole machine'

/** uvu's `test`, but in browsers. */
export const skipInBrowsers = (reason: string): typeof test =>
  skipOn({ chromium: reason, firefox: reason, webkit: reason })

/** For tests that terminate threads that never yield. */
export const testTerminated: typeof test = skipOn({ deno: RUNS_ON })

/** For tests that terminate threads in a loop of WebAssembly. */
export const testTerminatedKernel: typeof test = skipOn({
  bun: 'terminate() stops no loop in WebAssembly: the thread ends when that returns',
  deno: RUNS_ON,
})

/** For tests with threads that run out of memory. */
export const testFull: typeof test = skipOn({ bun: NO_LIMITS, deno: RUNS_ON })
