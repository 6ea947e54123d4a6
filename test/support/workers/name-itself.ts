// Counts once, names itself if it is told to, and lives on until it is told to end. The main thread sees its names.
import { parentPort, workerData } from 'node:worker_threads'
import { nameThread, threadLocal } from 'threadslots'

const { name, isNamedFirst } = workerData as { name?: string; isNamedFirst?: boolean }
if (name !== undefined && isNamedFirst) nameThread(name)
threadLocal('named', { done: 'count' }).done++
if (name !== undefined && !isNamedFirst) nameThread(name)
parentPort?.postMessage('here')
parentPort?.once('message', () => {})
