import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Slots, WorkerValues } from './counters.js'
import { HEIGHT, places, TILE_SIDE, TILES, WIDTH } from './fractal.js'
import { History } from './history.js'
import { Quality } from './quality.js'
import { BUFFERS, type Claim, Tiles } from './tiles.js'

const slotsOf = (values: WorkerValues): Slots => values as Slots

/** What a worker's slots are before its first tile. */
const unused = (): WorkerValues => ({ tiles: 0, job: -1, tilesBefore: 0 })

class Death extends Error {}

/** A worker that dies when it sets a slot for the nth time, or, never having set so many, after all is done. */
function dieAt(store: number, values: WorkerValues): Slots {
  let stores = 0
  return new Proxy(slotsOf(values), {
    set(target, name, value) {
      if (stores++ === store) throw new Death()
      return Reflect.set(target, name, value)
    },
  })
}

function workOn(tiles: Tiles, claim: Claim, worker: number, slots: Slots, paint: () => void): void {
  try {
    tiles.work(claim, worker, slots, paint)
  } catch (error) {
    if (!(error instanceof Death)) throw error
  }
}

test('each tile of all frames in work is claimed once, the oldest frame first', () => {
  const tiles = new Tiles()
  const claims = Array.from({ length: BUFFERS * TILES }, () => tiles.claim(1))
  assert.equal(
    claims.map(({ frame, tile }) => frame * TILES + tile),
    Array.from({ length: BUFFERS * TILES }, (_, i) => i),
  )
})

test('wherever a worker dies, its tile is counted and painted, or neither, and then free', () => {
  // Stores of a tile: tilesBefore, job, tiles. The first tile sets all of them once before.
  for (let store = 0; store <= 3; store++) {
    const tiles = new Tiles()
    const values = unused()
    workOn(tiles, tiles.claim(7), 7, slotsOf(values), () => {})
    const claim = tiles.claim(7)
    let isPainted = false
    workOn(tiles, claim, 7, dieAt(store, values), () => {
      isPainted = true
    })
    tiles.abandon(7, { ...values })
    const isCounted = values.tiles === 2
    assert.is(isCounted, store === 3)
    assert.is(tiles.painter(0, claim.tile), isCounted ? 7 : undefined)
    assert.ok(isPainted || !isCounted)
    assert.is(tiles.claim(8).tile, isCounted ? claim.tile + 1 : claim.tile)
    assert.is(tiles.painter(0, 0), 7)
  }
})

test('a worker that dies between its count and its mark has painted the tile', () => {
  const tiles = new Tiles()
  const values = unused()
  const claim = tiles.claim(3)
  // Steps 2 to 5, without 6.
  Object.assign(values, { tilesBefore: 0, job: claim.tile, tiles: 1 })
  tiles.abandon(3, values)
  assert.is(tiles.painter(0, claim.tile), 3)
  assert.is(tiles.claim(4).tile, claim.tile + 1)
})

test('what slots tell of the same place in an earlier frame is another job', () => {
  const tiles = new Tiles()
  tiles.begin(BUFFERS, 1)
  for (let i = 0; i < (BUFFERS - 1) * TILES; i++) tiles.claim(2)
  const claim = tiles.claim(1)
  assert.equal([claim.frame, claim.tile], [BUFFERS, 0])
  // It died as soon as it had claimed this; its slots still tell of the tile before.
  const before = claim.frame - BUFFERS
  tiles.abandon(1, { job: before * TILES + claim.tile, tiles: 1, tilesBefore: 0 })
  assert.is(tiles.painter(claim.frame, claim.tile), undefined)
})

test('who died without a tile in hand leaves all others’ as they are', () => {
  const tiles = new Tiles()
  const claim = tiles.claim(1)
  tiles.abandon(2, unused())
  assert.is(tiles.claim(3).tile, claim.tile + 1)
  assert.ok(tiles.isBusy)
})

test('a frame that begins has its buffer for itself, as fine as it shall be', () => {
  const tiles = new Tiles()
  for (let i = 0; i < BUFFERS * TILES; i++) tiles.work(tiles.claim(1), 1, slotsOf(unused()), () => {})
  tiles.begin(BUFFERS, 5)
  assert.equal(tiles.claim(1), { frame: BUFFERS, tile: 0, points: 5 })
  assert.is(tiles.painter(1, 0), 1)
})

test('the tiles cover the picture once, from the middle outwards', () => {
  assert.is(new Set(places.map(({ x, y }) => `${x},${y}`)).size, TILES)
  assert.ok(places.every(({ x, y }) => x % TILE_SIDE === 0 && y % TILE_SIDE === 0))
  const distances = places.map(({ x, y }) =>
    Math.hypot(x + TILE_SIDE / 2 - WIDTH / 2, y + TILE_SIDE / 2 - HEIGHT / 2),
  )
  assert.equal(
    distances,
    [...distances].sort((a, b) => a - b),
  )
})

test('a minute of readings is kept, with the rates of each worker while it ran', () => {
  const history = new History()
  for (let time = 0; time <= 100; time++) {
    const iterations = new Map([[1, time * 50]])
    if (time >= 70 && time < 90) iterations.set(2, (time - 70) * 30)
    history.add({ time, total: time, retired: 0, iterations })
  }
  assert.is(history.moments.length, 61)
  assert.is(history.moments[0]?.time, 40)
  assert.equal(history.workers, [1, 2])
  assert.equal([...history.rates], [[1, 50]])
  const rates = history.ratesOf(2)
  assert.equal([rates[30], rates[31], rates[49], rates[50]], [null, 30, 30, null])
})

test('frames are finer while workers are far ahead, and coarser while the zoom waits for them', () => {
  const quality = new Quality()
  const next = (ahead: number) => Array.from({ length: 30 }, () => quality.next(ahead)).at(-1)
  assert.is(next(3), 8)
  assert.is(next(1.5), 8)
  assert.is(next(0), 2)
})

test.run()
