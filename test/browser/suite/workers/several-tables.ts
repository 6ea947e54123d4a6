// A worker that opens each table three times, the third time by another copy of the package, and adds to its slot.
import { SlotTable } from 'threadslots/browser'

self.onmessage = async ({ data }: MessageEvent<{ buffers: SharedArrayBuffer[]; values: number[] }>) => {
  // A classic worker can import it too.
  const url = new URL('package-copy.js', self.location.href).href
  const copy: typeof import('threadslots/browser') = await import(url)
  const rows = data.buffers.map((buffer, i) => {
    const addresses = [SlotTable, SlotTable, copy.SlotTable].map(Table => {
      const table = Table.from(buffer)
      const row = table.attach()
      const key = table.key('n', 'u32')
      row.slot(key).add(data.values[i] as number)
      return row.byteAddress(key)
    })
    return new Set(addresses).size
  })
  self.postMessage({ rows, areCopies: copy.SlotTable !== SlotTable })
}
