// bench/web's page, in real browsers: in the one that the variable ENGINE names, in those named as arguments; or in all.
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { TILES } from '../../examples/web/fractal.js'
import { BUFFERS } from '../../examples/web/tiles.js'
import { ENGINES, type Engine, type EngineName, open } from '../../tools/browsers/engines.js'
import { type Server, serve } from '../../tools/static-server.js'
import {
  coloursOfPicture,
  focused,
  focusKill,
  kill,
  killAndHear,
  setTextSize,
  until,
  watchTotals,
  widths,
} from './example-page.js'

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
  test(`${name}: what workers count is shown, and stays when they are killed`, async () => {
    await withPage(name, async engine => {
      await engine.evaluate(watchTotals)
      const atFirst = await until(engine, 'all work', ({ rows }) => {
        const all = Object.values(rows)
        return all.length >= 2 && all.every(({ state, tiles }) => state.startsWith('thread') && tiles > 0)
      })
      await engine.evaluate(() => document.querySelector<HTMLElement>('#add')?.click())
      const added = String(Object.keys(atFirst.rows).length + 1)
      await until(engine, 'the added one works', ({ rows }) => (rows[added]?.tiles ?? 0) > 0)

      assert.is(await engine.evaluate(killAndHear, '1'), 'Worker 1 is told to end.')
      const afterFirst = await until(engine, '1 is gone', ({ rows }) => !('1' in rows))
      assert.ok(afterFirst.retired > 0)
      assert.is(afterFirst.retired, afterFirst.painted['1'])
      assert.match(afterFirst.news, `Its ${afterFirst.retired.toLocaleString('en')} tile`)

      await engine.evaluate(focusKill, '2')
      await engine.press('Enter')
      const afterSecond = await until(engine, '2 is gone', ({ rows }) => !('2' in rows))
      assert.is(
        afterSecond.retired,
        sumOf({ 1: afterSecond.painted['1'] ?? 0, 2: afterSecond.painted['2'] ?? 0 }),
      )
      assert.is(await engine.evaluate(focused), `Kill worker ${Object.keys(afterSecond.rows)[0]}`)

      // No more frames would begin, if a dead one's tile were lost.
      const enough = sumOf(afterSecond.painted) + (BUFFERS + 1) * TILES
      await until(engine, 'the zoom goes on', ({ painted }) => sumOf(painted) > enough)
      assert.ok((await engine.evaluate(coloursOfPicture)) > 100)

      for (const worker of Object.keys(afterSecond.rows)) await engine.evaluate(kill, worker)
      const last = await until(engine, 'all are gone', ({ rows }) => Object.keys(rows).length === 0)
      assert.is(await engine.evaluate(focused), 'add')
      await new Promise(resolve => setTimeout(resolve, 500))
      const settled = await until(engine, 'all is shown', ({ total }) => total >= last.total)
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

  test(`${name}: increments are measured while workers wait, and nothing is wider than the page`, async () => {
    await withPage(name, async engine => {
      await until(engine, 'tiles', ({ total }) => total > 0)
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

      const before = await until(engine, 'rest', () => true)
      await until(engine, 'workers go on', ({ total }) => total > before.total)
      for (const [width, size] of [
        [320, '100%'],
        [320, '200%'],
        [1000, '200%'],
        [1600, '100%'],
      ] as const) {
        await engine.setViewport({ width, height: 900 })
        await engine.evaluate(setTextSize, size)
        await new Promise(resolve => setTimeout(resolve, 500))
        const { scrolled, seen } = await engine.evaluate(widths)
        assert.ok(scrolled <= seen, `${scrolled} pixels in ${seen}, with text of ${size}`)
        const charts = await engine.evaluate(() =>
          [...document.querySelectorAll('.uplot')].map(chart => [
            chart.getBoundingClientRect().width,
            chart.parentElement?.clientWidth ?? 0,
          ]),
        )
        assert.is(charts.length, 2)
        for (const [chart = 0, space = 0] of charts)
          assert.ok(Math.abs(chart - space) <= 1, `${chart} in ${space}`)
      }
    })
  })

  test(`${name}: a page that may not share memory says what it lacks`, async () => {
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

/** With a browser of its own, which has nothing to complain of in the end. */
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
