/*
 * A worker. It is told once where the shared memory is, and never comes back to its event loop: it sends nothing, hears
 * nothing, and counts in its own slots.
 */
import { SlotTable, setDefaultTable } from 'threadslots'
import { whenSupervised } from 'threadslots/browser'
import { makeLocal } from './counters.js'
import { paintTile, viewOf } from './fractal.js'
import { pixelsOf } from './pixels.js'
import { Tiles } from './tiles.js'

export interface Orders {
  readonly worker: number
  readonly table: SharedArrayBuffer
  readonly tiles: SharedArrayBuffer
  readonly pixels: SharedArrayBuffer
}

addEventListener('message', ({ data }: MessageEvent<Orders>) => paintForEver(data), { once: true })

async function paintForEver({ worker, table: buffer, tiles: words, pixels }: Orders): Promise<never> {
  const table = SlotTable.from(buffer)
  setDefaultTable(table)
  const local = makeLocal()
  await whenSupervised(table)
  // From here on the page sees this worker, and will see it end.
  local.worker = worker
  const tiles = new Tiles(words)
  for (;;) {
    const claim = tiles.claim(worker)
    tiles.work(claim, worker, local, () => {
      paintTile(viewOf(claim.frame, claim.points), claim.tile, pixelsOf(pixels, claim.frame), local)
    })
  }
}
