// Runs test files in an engine, each in a page of its own, with a time limit.

import { type Engine, type EngineName, open } from '../../../tools/browsers/engines.js'
import { judge, type Outcome } from '../../support/runner.js'
import type { Ending } from './page.js'

export const LIMIT_SECONDS = 180

/** Runs pages of tests one after the other; tells of each as it ends. */
export async function runPages(
  name: EngineName,
  pages: readonly { readonly file: string; readonly url: string }[],
  tell: (outcome: Outcome) => void,
  limitSeconds: number = LIMIT_SECONDS,
): Promise<{ readonly version: string; readonly outcomes: readonly Outcome[]; readonly retried: number }> {
  let retried = 0
  let engine: Engine | undefined
  let version = ''
  const close = async () => {
    await engine?.close()
    engine = undefined
  }
  const run = async (url: string, seconds: number) => {
    engine ??= await open(name)
    version = engine.version
    return runPage(engine, url, seconds)
  }
  const outcomes: Outcome[] = []
  try {
    for (const { file, url } of pages) {
      const started = performance.now()
      let ending = await run(url, name === 'webkit' ? STUCK_SECONDS : limitSeconds)
      for (let tries = 1; name === 'webkit' && ending.output === '' && tries < MAX_TRIES; tries++) {
        console.log(`webkit: nothing is heard of ${file} (${ending.problem}); once more, in a new browser`)
        if (tries === 1) retried++
        await close()
        ending = await run(url, STUCK_SECONDS)
      }
      const seconds = (performance.now() - started) / 1000
      const outcome = {
        file,
        seconds,
        output: ending.output,
        ...judge(ending.output, ending.problem ?? undefined),
      }
      outcomes.push(outcome)
      tell(outcome)
      // Whatever it has left may run on. And WebKit's process keeps gigabytes of pages that were left.
      if (outcome.problem !== undefined || name === 'webkit') await close()
    }
  } finally {
    await close()
  }
  return { version, outcomes, retried }
}

/**
 * Beside other browsers, WebKitGTK or its driver ceased to answer now and then, whatever the page did: also one that
 * computes in a single thread. Its longest page takes half as long.
 */
const STUCK_SECONDS = 75
/** Of a page of which nothing is heard: one that says a single word has had its try. */
const MAX_TRIES = 3
/** Of a run's pages: more is no trouble of the driver's. */
export const MAX_RETRIED = 5

/** Of questions to a page, one after the other. */
const MAX_FAILURES = 20

const NOTHING: Ending = { output: '', problem: null }

async function runPage(engine: Engine, url: string, limitSeconds: number): Promise<Ending> {
  let isOver = false
  const run = async (): Promise<Ending> => {
    await engine.goto(url)
    for (let failures = 0; ; ) {
      try {
        const ending = await engine.evaluate<Ending | null>('globalThis.testsEnding ?? null')
        if (ending || isOver) return ending ?? NOTHING
        failures = 0
      } catch (error) {
        // WebKit's driver can lose an answer while a frame comes or goes; a page that is gone gives none any more.
        if (++failures === MAX_FAILURES) throw error
      }
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
  const ending = run().catch((error: Error) => ({ output: '', problem: `the page ended: ${error.message}` }))
  const isLate = Symbol()
  const first = await Promise.race([ending, after(limitSeconds, isLate)])
  isOver = true
  if (first !== isLate) return first
  // Of a page that computes, nothing is heard.
  const said = engine.evaluate<string>('testsOutput()').catch(() => '')
  const output = await Promise.race([said, after(1, '')])
  return { output, problem: `did not end (limit: ${limitSeconds} s)` }
}

const after = <T>(seconds: number, value: T): Promise<T> =>
  new Promise(resolve => setTimeout(resolve, seconds * 1000, value).unref())
