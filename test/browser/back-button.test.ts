// A page that is left and comes back by the browser's back button, in the engine that the variable ENGINE names, or in
// all. WebKit restores such a page, but not its locks. Chromium may restore both. Firefox reloads a page if it held a
// lock.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ENGINES, type Engine, type EngineName, open } from '../../tools/browsers/engines.js'
import type { PageState } from './suite/back-button-page.js'
import { serveTests } from './support/site.js'

const FILE = 'test/browser/suite/back-button-page.js'
/** Only a failed test waits this long. */
const LIMIT_MS = 120_000
/** A question that may be lost while pages come and go is asked again. */
const QUESTION_MS = 15_000
/** WebKit's driver loses answers while pages come and go, and may then give no more. */
const MAX_TRIES = 3
/** The page waits before it goes, so that its answer can reach the driver. The test only fails if all tries are lost. */
const ANSWER_MS = 250
/** How long the page stays away. Its supervisor may be told of anything meanwhile. */
const AWAY_MS = 500

for (const name of ENGINES) {
  const { ENGINE = name } = process.env
  if (ENGINE !== name) continue
  test(`${name}: a page that comes back has its row, and sees earlier and later workers end`, async () => {
    for (let tries = 1; ; tries++) {
      try {
        return await leaveTwice(name)
      } catch (error) {
        if (!(error instanceof NoAnswer) || name !== 'webkit' || tries === MAX_TRIES) throw error
        console.log(`webkit: ${error.message}; trying again in a new browser`)
      }
    }
  })
}

class NoAnswer extends Error {}

/** A browser's page, with a limit for each answer. */
type Page = Pick<Engine, 'evaluate'>

function limitAnswers(engine: Engine): Page {
  const evaluate = (run: string | ((...args: never[]) => unknown), ...args: unknown[]) =>
    within(LIMIT_MS, engine.evaluate(run as never, ...(args as never[])), `${run}`)
  return { evaluate: evaluate as Page['evaluate'] }
}

async function within<T>(limitMs: number, answer: Promise<T>, question: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer within ${limitMs} ms: ${question}`)), limitMs)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

async function leaveTwice(name: EngineName): Promise<void> {
  const site = await serveTests([FILE], { isStored: true })
  const engine = await open(name)
  const page = limitAnswers(engine)
  try {
    await engine.goto(site.urlOf(FILE))
    await loaded(page)
    await page.evaluate(start, 'old', 50)
    for (const n of [60, 70]) {
      await leaveAndComeBack(page)
      const { isRestored } = await loaded(page)
      // Otherwise this would test nothing.
      if (name === 'webkit') assert.ok(isRestored)
      if (!isRestored) await page.evaluate(start, 'old', 50)
      await check(page, n)
      await page.evaluate(start, 'old', 50)
    }
  } finally {
    await engine.close()
    await site.close()
  }
}

/** The page and its worker 'old' count as before; the ends of that worker and of a new one are seen. */
async function check(page: Page, n: number): Promise<void> {
  await page.evaluate(start, 'new', n)
  const before = await page.evaluate(readState)
  assert.equal([before?.own, before?.workers, before?.rows], [[1, 1], { old: 50, new: n }, 2])
  const told = before?.exits ?? []
  for (const name of ['new', 'old']) {
    const after = await page.evaluate(end, name)
    assert.equal([after?.own, after?.workers[name]], [[1, 1], undefined], `${name} has ended`)
  }
  const after = await page.evaluate(readState)
  assert.equal([after?.exits, after?.uncaught], [[...told, 'new', 'old'], []])
}

async function leaveAndComeBack(page: Page): Promise<void> {
  await page.evaluate((ms: number) => {
    setTimeout(() => {
      location.href = '/test/browser/elsewhere.html'
    }, ms)
  }, ANSWER_MS)
  await until(page, () => location.pathname.includes('elsewhere'))
  await delay(AWAY_MS)
  await page.evaluate((ms: number) => {
    setTimeout(() => history.back(), ms)
  }, ANSWER_MS)
  await until(page, () => !location.pathname.includes('elsewhere'))
}

async function loaded(page: Page): Promise<PageState> {
  await until(page, () => globalThis.pageCommands !== undefined)
  return (await page.evaluate(readState)) as PageState
}

/** Between two pages, an engine may have none that answers, or lose the answer. */
async function until(page: Page, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + LIMIT_MS
  while (!(await within(QUESTION_MS, page.evaluate(isSo), `${isSo}`).catch(() => false))) {
    if (performance.now() > deadline) throw new NoAnswer(`not within ${LIMIT_MS} ms: ${isSo}`)
    await delay(20)
  }
}

const delay = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

// These functions run in the page.

const start = (name: string, n: number) => globalThis.pageCommands?.start(name, n)

const end = (name: string) => globalThis.pageCommands?.end(name)

const readState = () => globalThis.pageCommands?.readState()

test.run()
