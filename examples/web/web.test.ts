import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Slots, WorkerValues } from './counters.js'
import { HEIGHT, places, TILE_SIDE, TILES, WIDTH } from './fractal.js'
import { History } from './history.js'
import { Quality } from './quality.js'
import { BUFFERS, type Claim, Tiles } from './tiles.js'

const slotsOf = (values: WorkerValues): Slots => values as Slots

/** A worker's slots before its first tile. */
const unused = (): WorkerValues => ({ tiles: 0, job: -1, tilesBefore: 0 })

class Death extends Error {}

/** Slots of a worker that dies at its nth store to them, counted from 0. */
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

test('each tile of all frames in progress is claimed once, the oldest frame first', () => {
  const tiles = new Tiles()
  const claims = Array.from({ length: BUFFERS * TILES }, () => tiles.claim(1))
  assert.equal(
    claims.map(({ frame, tile }) => frame * TILES + tile),
    Array.from({ length: BUFFERS * TILES }, (_, i) => i),
  )
})

test('wherever a worker dies, its tile is either counted and painted, or neither of these and free', () => {
  // Each tile has three stores: tilesBefore, job, tiles. With 3, the worker does not die.
  for (let store = 0; store <= 3; store++) {
    const tiles = new Tiles()
    const values = unused()
    workOn(tiles, tiles.claim(7), 7, slotsOf(values), () => {})
    const claim = tiles.claim(7)
    let isPainted = false
    workOn(tiles, claim, 7, dieAt(store, values), () => {
      isPainted = true
    })
    tiles.release(7, { ...values })
    const isCounted = values.tiles === 2
    assert.is(isCounted, store === 3)
    assert.is(tiles.painter(0, claim.tile), isCounted ? 7 : undefined)
    assert.ok(isPainted || !isCounted)
    assert.is(tiles.claim(8).tile, isCounted ? claim.tile + 1 : claim.tile)
    assert.is(tiles.painter(0, 0), 7)
  }
})

test('a tile is painted if its worker died between counting it and marking it', () => {
  const tiles = new Tiles()
  const values = unused()
  const claim = tiles.claim(3)
  // Steps 2 to 5, without 6.
  Object.assign(values, { tilesBefore: 0, job: claim.tile, tiles: 1 })
  tiles.release(3, values)
  assert.is(tiles.painter(0, claim.tile), 3)
  assert.is(tiles.claim(4).tile, claim.tile + 1)
})

test('slots that name the same tile of an earlier frame name another job', () => {
  const tiles = new Tiles()
  tiles.begin(BUFFERS, 1)
  for (let i = 0; i < (BUFFERS - 1) * TILES; i++) tiles.claim(2)
  const claim = tiles.claim(1)
  assert.equal([claim.frame, claim.tile], [BUFFERS, 0])
  // The worker died right after this claim; its slots still name its job before.
  const before = claim.frame - BUFFERS
  tiles.release(1, { job: before * TILES + claim.tile, tiles: 1, tilesBefore: 0 })
  assert.is(tiles.painter(claim.frame, claim.tile), undefined)
})

test('a worker that dies without a claim leaves the claims of others as they are', () => {
  const tiles = new Tiles()
  const claim = tiles.claim(1)
  tiles.release(2, unused())
  assert.is(tiles.claim(3).tile, claim.tile + 1)
  assert.ok(tiles.isBusy)
})

test('a frame that begins replaces the frame in its buffer, and has its own number of points', () => {
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

test('the readings of a minute are kept, with the rates of each worker while it ran', () => {
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

test('frames become finer while workers are far ahead, and coarser while the zoom waits for them', () => {
  const quality = new Quality()
  const next = (ahead: number) => Array.from({ length: 30 }, () => quality.next(ahead)).at(-1)
  assert.is(next(3), 8)
  assert.is(next(1.5), 8)
  assert.is(next(0), 2)
})

test.run()
