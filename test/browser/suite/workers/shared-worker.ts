// A shared worker, which can't receive a page's memory. It counts in a table of its own.
import { SlotTable, setDefaultTable, threadLocal, totals } from 'threadslots/browser'

export interface OwnTable {
  readonly hasSharedMemory: boolean
  /** What a definition throws before there is a table; undefined where memory can be shared. */
  readonly refusal: string | undefined
  readonly totals: { readonly n: number }
  readonly rows: number
}

function count(): OwnTable {
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
    return `nothing was thrown: ${run()}`
  } catch (error) {
    return String(error)
  }
}

self.addEventListener('connect', event => {
  const [port] = (event as MessageEvent).ports
  if (!port) return
  port.onmessage = ({ data }) => port.postMessage(data === 'count' ? count() : 'the message was read')
  port.onmessageerror = () => port.postMessage('the message could not be read')
})
