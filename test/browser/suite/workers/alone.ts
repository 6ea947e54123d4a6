// A shared worker, which gets no page's memory.
import { SlotTable, setDefaultTable, threadLocal, totals } from 'threadslots/browser'

export interface Seen {
  readonly hasSharedMemory: boolean
  /** What a definition throws before there is a table; none, where memory can be shared. */
  readonly refusal: string | undefined
  readonly totals: { readonly n: number }
  readonly rows: number
}

function look(): Seen {
  const hasSharedMemory = 'SharedArrayBuffer' in globalThis
  const refusal = hasSharedMemory ? undefined : refusalOf(() => threadLocal('alone', { n: 'u32' }))
  const table = SlotTable.create({ shared: false })
  setDefaultTable(table)
  const local = threadLocal('alone', { n: 'u32' })
  local.n++
  const again = threadLocal('alone', { n: 'u32' })
  again.n += 2
  return {
    hasSharedMemory,
    refusal,
    totals: totals(local),
    rows: table.perThread(table.key('alone.n', 'u32')).length,
  }
}

function refusalOf(run: () => unknown): string {
  try {
    return `none: ${run()}`
  } catch (error) {
    return String(error)
  }
}

self.addEventListener('connect', event => {
  const [port] = (event as MessageEvent).ports
  if (!port) return
  port.onmessage = ({ data }) => port.postMessage(data === 'look' ? look() : 'it came')
  port.onmessageerror = () => port.postMessage('it can not come')
})
