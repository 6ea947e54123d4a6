// Gets a table as an argument. Sends the value that it finds under a name, stores another one there, and
// sends that back when asked.
import { parentPort, workerData } from 'node:worker_threads'
import { SlotTable } from 'threadslots'

const { buffer, value } = workerData as { buffer: SharedArrayBuffer; value: number }
const local = SlotTable.from(buffer).attach().locals({ value: 'f64' })
const found = local.value
local.value = value
parentPort?.once('message', () => parentPort?.postMessage(local.value))
parentPort?.postMessage(found)
