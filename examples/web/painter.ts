/*
 * A painting worker. It receives one message, with the shared memory, and then never yields to its event loop
 * again. It sends nothing, and counts in its own slots.
 */
import { SlotTable, setDefaultTable } from 'threadslots'
import { whenSupervised } from 'threadslots/browser'
import { makeLocal } from './counters.js'
import { paintTile, viewOf } from './fractal.js'
import { pixelsOf } from './pixels.js'
import { Tiles } from './tiles.js'

export interface Orders {
  /** The number of the worker. */
  readonly worker: number
  readonly table: SharedArrayBuffer
  readonly tiles: SharedArrayBuffer
  readonly pixels: SharedArrayBuffer
}

addEventListener('message', ({ data }: MessageEvent<Orders>) => paintForever(data), { once: true })

async function paintForever({ worker, table: buffer, tiles: words, pixels }: Orders): Promise<never> {
  const table = SlotTable.from(buffer)
  setDefaultTable(table)
  const local = makeLocal()
  await whenSupervised(table)
  // From here on, the page can read this worker's slots and detect its death.
  local.worker = worker
  const tiles = new Tiles(words)
  for (;;) {
    const claim = tiles.claim(worker)
    tiles.work(claim, worker, local, () => {
      paintTile(viewOf(claim.frame, claim.points), claim.tile, pixelsOf(pixels, claim.frame), local)
    })
  }
}
