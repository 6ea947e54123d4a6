// A page that is left, and comes back by the browser's back button; in the engine that the variable ENGINE names, or in
// all. WebKit keeps such a page, but not its locks. Chromium may keep both. Firefox loads one anew that held a lock.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ENGINES, type EngineName, open } from '../../tools/browsers/engines.js'
import type { Look } from './suite/back.js'
import { serveTests } from './support/site.js'

const FILE = 'test/browser/suite/back.js'
const LIMIT_MS = 15_000
/** WebKit's driver loses answers where pages come and go, and may give no more then. */
const TRIES = 3
/** Time for an answer to reach the driver, before its page goes. */
const ANSWER_MS = 100
/** Of a page that is away. Its watcher may be told of anything meanwhile. */
const AWAY_MS = 500

for (const name of ENGINES) {
  const { ENGINE = name } = process.env
  if (ENGINE !== name) continue
  test(`${name}: a page that comes back has its row, and sees workers end, old ones and new ones`, async () => {
    for (let tries = 1; ; tries++) {
      try {
        return await goThere(name)
      } catch (error) {
        if (!(error instanceof NoAnswer) || name !== 'webkit' || tries === TRIES) throw error
        console.log(`webkit: ${error.message}; once more, in a new browser`)
      }
    }
  })
}

class NoAnswer extends Error {}

async function goThere(name: EngineName): Promise<void> {
  const site = await serveTests([FILE], { isStored: true })
  const engine = await open(name)
  // A limit for each answer.
  const page: Page = {
    evaluate: async (run, ...args) => {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new NoAnswer(`no answer within ${LIMIT_MS} ms: ${run}`)), LIMIT_MS)
      })
      try {
        return await Promise.race([engine.evaluate(run, ...args), late])
      } finally {
        clearTimeout(timer)
      }
    },
  }
  try {
    await engine.goto(site.urlOf(FILE))
    await loaded(page)
    await page.evaluate(start, 'old', 50)
    for (const n of [60, 70]) {
      await leaveAndComeBack(page)
      const { isBack } = await loaded(page)
      // Else nothing is tested.
      if (name === 'webkit') assert.ok(isBack)
      if (!isBack) await page.evaluate(start, 'old', 50)
      await check(page, n)
      await page.evaluate(start, 'old', 50)
    }
  } finally {
    await engine.close()
    await site.close()
  }
}

interface Page {
  evaluate<T, A extends readonly unknown[]>(run: (...args: A) => T | Promise<T>, ...args: A): Promise<T>
}

async function check(engine: Page, n: number): Promise<void> {
  await engine.evaluate(start, 'new', n)
  const before = await engine.evaluate(look)
  assert.equal([before?.own, before?.workers, before?.rows], [[1, 1], { old: 50, new: n }, 2])
  const told = before?.exits ?? []
  for (const name of ['new', 'old']) {
    const after = await engine.evaluate(end, name)
    assert.equal([after?.own, after?.workers[name]], [[1, 1], undefined], `${name} has ended`)
  }
  const after = await engine.evaluate(look)
  assert.equal([after?.exits, after?.uncaught], [[...told, 'new', 'old'], []])
}

async function leaveAndComeBack(engine: Page): Promise<void> {
  await engine.evaluate((ms: number) => {
    setTimeout(() => {
      location.href = '/test/browser/elsewhere.html'
    }, ms)
  }, ANSWER_MS)
  await until(engine, () => location.pathname.includes('elsewhere'))
  await new Promise(resolve => setTimeout(resolve, AWAY_MS))
  await engine.evaluate((ms: number) => {
    setTimeout(() => history.back(), ms)
  }, ANSWER_MS)
  await until(engine, () => !location.pathname.includes('elsewhere'))
}

async function loaded(engine: Page): Promise<Look> {
  await until(engine, () => globalThis.backPage !== undefined)
  return (await engine.evaluate(look)) as Look
}

/** Between two pages, an engine may have none that answers. */
async function until(engine: Page, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + LIMIT_MS
  while (!(await engine.evaluate(isSo).catch(() => false))) {
    if (performance.now() > deadline) throw new NoAnswer(`not within ${LIMIT_MS} ms: ${isSo}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

// These run in the page.

const start = (name: string, n: number) => globalThis.backPage?.start(name, n)

const end = (name: string) => globalThis.backPage?.end(name)

const look = () => globalThis.backPage?.look()

test.run()
