// The page of examples/web in real browsers: in the engine that the variable ENGINE names, in those given as arguments,
// or in all.
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ENGINES, type Engine, type EngineName, open } from '../../tools/browsers/engines.js'
import { type Server, serve } from '../../tools/static-server.js'
import {
  coloursOfPicture,
  focused,
  focusKill,
  kill,
  killAndHear,
  readLayout,
  setTextSize,
  tilesPerFrame,
  until,
  untilIn,
  watchTotals,
} from './support/example-page.js'

/** More frames than are painted at the same time. */
const ENOUGH_FRAMES = 5

const PAGE = { '/': join(import.meta.dirname, '../../examples/web') } as const

let server: Server
let unisolated: Server
test.before(async () => {
  server = await serve(PAGE)
  unisolated = await serve(PAGE, { isIsolated: false })
})
test.after(async () => {
  await server.close()
  await unisolated.close()
})

const sumOf = (numbers: { readonly [name: string]: number }): number =>
  Object.values(numbers).reduce((sum, number) => sum + number, 0)

const { ENGINE } = process.env
const named = (ENGINE === undefined ? process.argv.slice(2) : [ENGINE]) as EngineName[]
for (const name of named.length > 0 ? named : ENGINES) {
  test(`${name}: the page shows what workers count, and keeps it when they are killed`, async () => {
    await withPage(name, async engine => {
      await engine.evaluate(watchTotals)
      const atFirst = await until(engine, 'all workers paint', ({ rows }) => {
        const all = Object.values(rows)
        return all.length >= 2 && all.every(({ state, tiles }) => state.startsWith('thread') && tiles > 0)
      })
      await engine.evaluate(() => document.querySelector<HTMLElement>('#add')?.click())
      const added = String(Object.keys(atFirst.rows).length + 1)
      await until(engine, 'the added worker paints', ({ rows }) => (rows[added]?.tiles ?? 0) > 0)

      assert.is(await engine.evaluate(killAndHear, '1'), 'Worker 1 is told to end.')
      const afterFirst = await until(engine, 'worker 1 is gone', ({ rows }) => !('1' in rows))
      assert.ok(afterFirst.retired > 0)
      assert.is(afterFirst.retired, afterFirst.painted['1'])
      assert.match(afterFirst.news, `Its ${afterFirst.retired.toLocaleString('en')} tile`)

      await engine.evaluate(focusKill, '2')
      await engine.press('Enter')
      const afterSecond = await until(engine, 'worker 2 is gone', ({ rows }) => !('2' in rows))
      assert.is(
        afterSecond.retired,
        sumOf({ 1: afterSecond.painted['1'] ?? 0, 2: afterSecond.painted['2'] ?? 0 }),
      )
      assert.is(await engine.evaluate(focused), `Kill worker ${Object.keys(afterSecond.rows)[0]}`)

      // If a dead worker's tile were lost, no more frames would begin.
      const enough = sumOf(afterSecond.painted) + ENOUGH_FRAMES * (await engine.evaluate(tilesPerFrame))
      await until(engine, 'the zoom goes on', ({ painted }) => sumOf(painted) > enough)
      assert.ok((await engine.evaluate(coloursOfPicture)) > 100)

      for (const worker of Object.keys(afterSecond.rows)) await engine.evaluate(kill, worker)
      const last = await until(engine, 'all workers are gone', ({ rows }) => Object.keys(rows).length === 0)
      assert.is(await engine.evaluate(focused), 'add')
      const settled = await until(
        engine,
        'the totals show everything that was painted',
        ({ total, painted }) => total >= last.total && total === sumOf(painted),
      )
      assert.is(settled.total, sumOf(settled.painted))
      assert.is(settled.totalOfTable, settled.total)
      assert.is(settled.retired, settled.total)

      const shown = await engine.evaluate(() => globalThis.shown)
      assert.ok(Object.values(shown).filter(({ length }) => length > 10).length >= 5, JSON.stringify(shown))
      for (const [total, numbers] of Object.entries(shown)) {
        assert.ok(numbers.every(number => number >= 0))
        const falls = numbers.filter((number, i) => number < (numbers[i - 1] ?? 0))
        assert.equal(falls, [], `${total} fell`)
      }
    })
  })

  test(`${name}: the page measures increments while its workers wait, and its content is never wider than the page`, async () => {
    await withPage(name, async engine => {
      await until(engine, 'the workers paint', ({ total }) => total > 0)
      await engine.evaluate(() => document.querySelector<HTMLElement>('#measure')?.focus())
      await engine.press('Enter')
      await engine.evaluate(
        () =>
          new Promise<void>(resolve => {
            const chart = document.querySelector('#access-chart') as HTMLElement
            new MutationObserver(() => resolve()).observe(chart, { attributeFilter: ['hidden'] })
          }),
      )
      const bars = await engine.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('#access-bars li')].map(bar => ({
          name: bar.querySelector('.name')?.textContent ?? '',
          text: bar.querySelector('.value')?.textContent ?? '',
          nanoseconds: Number(bar.dataset.nanoseconds),
          pixels: bar.querySelector('.bar')?.getBoundingClientRect().width ?? 0,
        })),
      )
      for (const name of ['local.x++', 'object.x++', 'Map', 'Atomics.add']) {
        assert.ok(
          bars.some(bar => bar.name.startsWith(name)),
          name,
        )
      }
      for (const { name, text, nanoseconds, pixels } of bars) {
        assert.ok(nanoseconds > 0 && nanoseconds < 1e6 && pixels >= 0 && /ns/.test(text), `${name}: ${text}`)
      }
      const slowest = bars.reduce((a, b) => (b.nanoseconds > a.nanoseconds ? b : a))
      assert.ok(bars.every(({ pixels }) => pixels <= slowest.pixels))

      const before = await until(engine, 'the page is read', () => true)
      await until(engine, 'the workers go on', ({ total }) => total > before.total)
      for (const [width, size] of [
        [320, '100%'],
        [320, '200%'],
        [1000, '200%'],
        [1600, '100%'],
      ] as const) {
        await engine.setViewport({ width, height: 900 })
        await engine.evaluate(setTextSize, size)
        // The charts follow the page, which takes a moment.
        await untilIn(
          () => engine.evaluate(readLayout),
          `everything fits in ${width} pixels, with text of ${size}`,
          ({ scrolled, visible, charts }) =>
            scrolled <= visible &&
            charts.length === 2 &&
            charts.every(({ chart, space }) => Math.abs(chart - space) <= 1),
        )
      }
    })
  })

  test(`${name}: a page that can’t share memory says what is missing`, async () => {
    await withPage(
      name,
      async engine => {
        const complaint = await engine.evaluate(() => {
          const { hidden, textContent } = document.querySelector('#complaint') as HTMLElement
          return hidden ? '' : textContent
        })
        assert.match(complaint ?? '', 'Cross-Origin-Embedder-Policy: require-corp')
      },
      unisolated,
    )
  })
}

/** Opens the page in a browser of its own, in which no error may have occurred at the end. */
async function withPage(
  name: EngineName,
  use: (engine: Engine) => Promise<void>,
  { url } = server,
): Promise<void> {
  const engine = await open(name)
  try {
    await engine.setViewport({ width: 1200, height: 900 })
    await engine.goto(url)
    await use(engine)
    assert.equal(await engine.errors(), [])
  } finally {
    await engine.close()
  }
}

test.run()
