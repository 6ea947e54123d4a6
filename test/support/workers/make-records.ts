// Claims key records without publishing them, and stays.
import { parentPort, workerData } from 'node:worker_threads'
import { claimOf } from '../../../src/protocol/claims.js'
import { claimRecord } from '../../../src/protocol/key-records.js'
import { openMemory } from '../../../src/protocol/open-memory.js'

const { buffer } = workerData as { readonly buffer: SharedArrayBuffer }
const memory = openMemory(buffer, {})
const participant = { memory, claim: claimOf({}, memory) }
parentPort?.postMessage([0, 0].map(recordId => claimRecord(participant, recordId)))
setInterval(() => {}, 1000)
