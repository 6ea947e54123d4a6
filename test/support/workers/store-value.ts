// Stores a value, and sends it back when asked.
import { parentPort, workerData } from 'node:worker_threads'
import { threadLocal } from 'threadslots'

const local = threadLocal('classic', { value: 'f64' })
local.value = (workerData as { value: number }).value
parentPort?.once('message', () => parentPort?.postMessage(local.value))
parentPort?.postMessage('stored')
