// Runs test files in a browser, each in a page of its own. A page may take as long as it needs, if it makes progress.
import { type Engine, type EngineName, open } from '../../../tools/browsers/engines.js'
import { judge, type Outcome } from '../../support/runner/outcome.js'
import type { Progress } from './run-in-page.js'

export interface TestPage {
  readonly file: string
  readonly url: string
  /** The page fails if no test ends for as long. On a busy machine, a single test may take minutes. */
  readonly limitSeconds?: number
}

/** Longer than any test waits for anything (see `until` in suite/start-worker.ts), so that the test can say what for. */
const LIMIT_SECONDS = 180

/**
 * Now and then, beside other browsers, WebKitGTK or its driver ceases to answer, whatever the page does. Such a page is
 * loaded again in a new browser. A page that answers is not, whether its tests pass or fail.
 */
const WEBKIT_ANSWER_SECONDS = 120
const MAX_TRIES = 3
/** If more pages than this are loaded again in one run, something other than the driver is at fault. */
export const MAX_RETRIED = 5

/** Consecutive questions that a page fails to answer before it counts as gone. */
const MAX_FAILURES = 20
const POLL_MS = 100

/** How a page ended. */
interface Ending {
  readonly output: string
  readonly problem: string | undefined
  /** True if the page said nothing, or ceased to answer. */
  readonly isSilent: boolean
}

/** Runs pages of tests one after the other, and calls `tell` as each ends. */
export async function runPages(
  name: EngineName,
  pages: readonly TestPage[],
  tell: (outcome: Outcome) => void,
): Promise<{ readonly version: string; readonly outcomes: readonly Outcome[]; readonly retried: number }> {
  let retried = 0
  let engine: Engine | undefined
  let version = ''
  const close = async () => {
    await engine?.close()
    engine = undefined
  }
  const run = async (page: TestPage) => {
    engine ??= await open(name)
    version = engine.version
    return runPage(engine, page)
  }
  const outcomes: Outcome[] = []
  try {
    for (const page of pages) {
      const { file } = page
      const started = performance.now()
      let ending = await run(page)
      for (let tries = 1; name === 'webkit' && ending.isSilent && tries < MAX_TRIES; tries++) {
        console.log(`webkit: ${file} is silent (${ending.problem}); trying again in a new browser`)
        if (tries === 1) retried++
        await close()
        ending = await run(page)
      }
      const { output, problem } = ending
      const seconds = (performance.now() - started) / 1000
      const outcome = { file, seconds, output, ...judge(output, problem) }
      outcomes.push(outcome)
      tell(outcome)
      // The workers of a failed page may still run. And WebKit's process keeps gigabytes of pages that were left.
      if (outcome.problem !== undefined || name === 'webkit') await close()
    }
  } finally {
    await close()
  }
  return { version, outcomes, retried }
}

/** Loads a page, and polls it until its tests have ended or make no more progress. */
async function runPage(engine: Engine, { url, limitSeconds = LIMIT_SECONDS }: TestPage): Promise<Ending> {
  let output = ''
  let lastAnswer = performance.now()
  let lastProgress = lastAnswer
  let isOver = false

  const poll = async (): Promise<Ending> => {
    await engine.goto(url)
    for (let failures = 0; !isOver; ) {
      try {
        const progress = await engine.evaluate<Progress | null>(
          `globalThis.testProgress?.(${output.length}) ?? null`,
        )
        failures = 0
        lastAnswer = performance.now()
        if (progress !== null && (progress.hasEnded || progress.output !== '')) {
          output += progress.output
          lastProgress = lastAnswer
          if (progress.hasEnded) return { output, problem: progress.problem ?? undefined, isSilent: false }
        }
      } catch (error) {
        // WebKit's driver can lose an answer while a frame comes or goes. A page that is gone never answers again.
        if (++failures === MAX_FAILURES) throw error
      }
      await delay(POLL_MS)
    }
    return { output, problem: undefined, isSilent: false }
  }
  const watch = async (): Promise<Ending> => {
    while (!isOver) {
      const now = performance.now()
      if (engine.name === 'webkit' && now - lastAnswer > 1000 * WEBKIT_ANSWER_SECONDS) {
        return { output, problem: `no answer within ${WEBKIT_ANSWER_SECONDS} s`, isSilent: true }
      }
      if (now - lastProgress > 1000 * limitSeconds) {
        const problem = `did not end: no test has ended for ${limitSeconds} s`
        return { output, problem, isSilent: output === '' }
      }
      await delay(POLL_MS)
    }
    return { output, problem: undefined, isSilent: false }
  }
  const polling = poll().catch((error: Error) => {
    return { output, problem: `the page is gone: ${error.message}`, isSilent: output === '' }
  })
  const ending = await Promise.race([polling, watch()])
  isOver = true
  return ending
}

const delay = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
