// The monitor's page in real browsers: in the engine that the variable ENGINE names, in those given as arguments, or in all.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ENGINES, type Engine, type EngineName, open } from '../../tools/browsers/engines.js'
import { type Card, countOf, focused, Program, type State, until } from './support/monitor-page.js'

const HOSTILE = '<img src=x onerror=alert(1)>'
/** All cards fit into a page of this size, so all charts are drawn. */
const LARGE = { width: 1600, height: 1400 }
const CHARTS = ['started', 'done', 'waiting', 'largest', 'ms', 'requests', 'latencies'].map(
  name => `jobs.${name}`,
)
const MAX_TABS = 60

/** A card's content. @throws {Error} if there is no such card. */
function card({ cards }: State, name: string): Card {
  const found = cards[name]
  if (!found) throw new Error(`there is no card of ${name}, only ${Object.keys(cards).join()}`)
  return found
}

const { ENGINE } = process.env
const named = (ENGINE === undefined ? process.argv.slice(2) : [ENGINE]) as EngineName[]
for (const name of named.length > 0 ? named : ENGINES) {
  test(`${name}: numbers and charts move while the main thread is blocked, and the page says who is blocked or stuck`, async () => {
    await withPage(name, async (engine, program) => {
      program.tell('work')
      const atFirst = await until(
        engine,
        'all keys are shown',
        ({ mood, cards, threads }) =>
          mood === 'healthy' &&
          Object.keys(threads).length === 3 &&
          CHARTS.every(name => cards[name]?.drawn) &&
          (cards['jobs.ms']?.legend ?? []).every(text => /\d/.test(text.slice(3))),
      )
      assert.is(atFirst.pid, `${program.pid}`)
      assert.equal(
        card(atFirst, 'jobs.ms').legend.map(text => text.slice(0, 3)),
        ['p50', 'p90', 'p99'],
      )

      program.tell('block')
      const blocked = await until(engine, 'the main thread is blocked', ({ mood }) => mood === 'blocked')
      assert.match(blocked.verdict, /^The main thread has been blocked for \d s/)
      assert.is(blocked.news, 'The main thread is blocked.')
      assert.match(blocked.title, /^blocked: /)
      const moved = await until(
        engine,
        'numbers and charts move',
        state =>
          countOf(card(state, 'jobs.done')) > countOf(card(blocked, 'jobs.done')) &&
          ['jobs.done', 'jobs.ms', 'jobs.requests'].every(
            name => card(state, name).drawn !== card(blocked, name).drawn,
          ),
      )
      assert.is(moved.mood, 'blocked', 'the main thread was blocked meanwhile')
      await until(engine, 'the main thread goes on', ({ mood }) => mood === 'healthy')

      program.tell('stuck')
      const stuck = await until(engine, 'a worker is stuck', ({ mood }) => mood === 'stuck')
      assert.ok(stuck.verdict.includes(`in ${HOSTILE} without end`), stuck.verdict)
      assert.match(stuck.verdict, /^Worker \d+ “<img src=x onerror=alert\(1\)> \d+” has been stuck for \d+ s/)
      assert.is(stuck.injected, 0)
    })
  })

  test(`${name}: the page waits for keys, and shows names, texts, labels, units and help as they are`, async () => {
    await withPage(name, async (engine, program) => {
      await until(engine, 'the page says that there are no keys', ({ isEmpty }) => isEmpty)
      program.tell('work')
      const state = await until(
        engine,
        'all keys are shown',
        ({ cards, threads }) =>
          Object.keys(threads).length === 3 && cards['jobs.requests']?.legend.length === 2,
      )
      assert.is(state.injected, 0)
      assert.not(state.isEmpty)
      assert.match(card(state, 'jobs.done').total, HOSTILE)
      assert.is(card(state, 'jobs.done').help, `${HOSTILE} in a help`)
      assert.ok(
        card(state, 'jobs.requests').legend.some(text => text.startsWith('<script>alert(1)</script>')),
      )
      const names = Object.entries(state.threads).filter(
        ([, text]) => text.includes(HOSTILE) && text.includes('<b>'),
      )
      assert.is(names.length, 2, JSON.stringify(state.threads))
    })
  })

  test(`${name}: everything is reachable by keyboard, and nothing is wider than the page`, async () => {
    await withPage(name, async (engine, program) => {
      program.tell('work')
      await until(engine, 'threads and charts are shown', ({ cards, threads }) =>
        Boolean(cards['jobs.ms']?.drawn && threads[0]),
      )
      const seen: string[] = []
      while (seen.length < MAX_TABS && !seen.at(-1)?.startsWith('summary')) {
        await engine.press('Tab')
        seen.push(await engine.evaluate(focused))
        if (seen.at(-1)?.startsWith('button 0')) await engine.press('Enter')
      }
      for (const element of ['pause', 'thread-filter', 'thread-key', 'button 0 main', 'key-filter'])
        assert.ok(seen.includes(element), `${element} is not among ${seen.join()}`)
      assert.ok(
        seen.some(element => element.startsWith('summary jobs')),
        seen.join(),
      )
      const isOpen = () => document.querySelector('#thread-0')?.hasAttribute('hidden') === false
      assert.ok(await engine.evaluate(isOpen), 'Enter shows all values of a thread')

      // WebKit's window can't be narrower than its toolbar.
      for (const width of [360, 700, 1200, 1600]) {
        await engine.setViewport({ width, height: 800 })
        await until(
          engine,
          `everything fits in ${width} pixels`,
          ({ scrolled, visible }) => scrolled <= visible,
        )
      }
    })
  })

  test(`${name}: the page says when the process ends, and begins again with the next one`, async () => {
    const engine = await open(name)
    const program = await Program.start()
    let next: Program | undefined
    try {
      await engine.setViewport(LARGE)
      await engine.goto(program.url)
      const before = await until(engine, 'the page is alive', ({ mood }) => mood === 'healthy')
      assert.equal(await engine.errors(), [])
      await program.end()
      const ended = await until(engine, 'the process has ended', ({ mood }) => mood === 'ended')
      assert.match(ended.verdict, /^The process has ended. Last reading \d\d:\d\d:\d\d\.$/)
      assert.is(ended.news, ended.verdict)
      assert.is(ended.pid, before.pid)

      next = await Program.start(Number(new URL(program.url).port))
      next.tell('work')
      const { pid } = next
      await until(
        engine,
        'the next process is shown',
        state =>
          state.mood === 'healthy' &&
          state.pid === `${pid}` &&
          CHARTS.every(name => state.cards[name]?.drawn),
      )
    } finally {
      await engine.close()
      await program.end()
      await next?.end()
    }
  })
}

/** Opens the page of a new program in a browser of its own, in which no error may have occurred at the end. */
async function withPage(
  name: EngineName,
  use: (engine: Engine, program: Program) => Promise<void>,
): Promise<void> {
  const program = await Program.start()
  const engine = await open(name)
  try {
    await engine.setViewport(LARGE)
    await engine.goto(program.url)
    await engine.evaluate(() =>
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        console.error(`${violatedDirective} forbids ${blockedURI}`),
      ),
    )
    await use(engine, program)
    assert.equal(await engine.errors(), [])
  } finally {
    await engine.close()
    await program.end()
  }
}

test.run()
