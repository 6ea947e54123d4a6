// Skips tests on runtimes that lack what they need, and prints the reason.
import { test } from 'uvu'
import { isWindows, RUNTIME, type RuntimeName } from './runtime.js'
import { printSkip } from './skip-lines.js'

/**
 * uvu's `test`, except on runtimes for which there is a reason to skip the test.
 *
 * ```ts
 * skipOn({ bun: 'it has no resourceLimits' })('a thread that runs out of memory …', async () => { … })
 * ```
 */
export const skipOn = (reasons: { readonly [R in RuntimeName]?: string }): typeof test =>
  skipIf(reasons[RUNTIME])

/** uvu's `test` if the reason is undefined. Otherwise it skips the test and prints the reason. */
export function skipIf(reason: string | undefined): typeof test {
  if (reason === undefined) return test
  const skip = (name: string) => {
    printSkip({ test: name, reason })
    test.skip(name)
  }
  return Object.assign(skip, test)
}

/** uvu's `test`, except in browsers. */
export const skipInBrowsers = (reason: string): typeof test =>
  skipOn({ chromium: reason, firefox: reason, webkit: reason })

/** uvu's `test`, except on Windows. */
export const skipOnWindows = (reason: string): typeof test => skipIf(isWindows ? reason : undefined)

const DENO_RUNS_ON =
  'a thread that never yields runs on: terminate() emits exit at once and does not stop it, nor do resourceLimits'

/** For tests that terminate threads that never yield. */
export const testTermination: typeof test = skipOn({ deno: DENO_RUNS_ON })

/** For tests that terminate threads in a loop of WebAssembly. */
export const testKernelTermination: typeof test = skipOn({
  bun: 'terminate() does not stop a loop in WebAssembly: the thread ends when the call returns',
  deno: DENO_RUNS_ON,
})

/** For tests with threads that run out of memory. */
export const testMemoryExhaustion: typeof test = skipOn({
  bun: 'it ignores resourceLimits: a worker would fill the memory of the whole machine',
  deno: DENO_RUNS_ON,
})
