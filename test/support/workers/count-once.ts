// Counts once and ends. Its exit code is the ordinal of its row.
import { workerData } from 'node:worker_threads'
import { SlotTable } from 'threadslots'
import { rowIdOf } from '../table-usage.js'

const { buffer, i } = workerData as { buffer: SharedArrayBuffer; i: number }
const table = SlotTable.from(buffer)
const row = table.attach()
const local = row.locals({ done: 'u32', bytes: 'f64', most: { type: 'i32', fold: 'max' } })
local.done++
local.bytes += i
local.most = Math.max(local.most, i)
process.exitCode = rowIdOf(table, row)
