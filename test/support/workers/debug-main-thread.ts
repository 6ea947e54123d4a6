// Debugs the main thread as a user does: sees it pause, and resumes it when it is told to.
import { once } from 'node:events'
import { Session } from 'node:inspector'
import { setTimeout as delay } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'

export interface DebugData {
  /** The first is set when the main thread pauses; it is resumed when the second is set. */
  readonly signals: Int32Array
}

const { signals } = workerData as DebugData
const seen: string[] = []
// A session doesn't keep the thread alive. The main thread terminates it: ending just after `disconnect` would abort the process.
setInterval(() => {}, 1000)
const session = new Session()
session.connectToMainThread()
session.on('Debugger.paused', () => {
  seen.push('paused')
  Atomics.store(signals, 0, 1)
})
let isResuming = false
session.on('Debugger.resumed', () => seen.push(isResuming ? 'resumed by user' : 'resumed'))
await new Promise(resolve => session.post('Debugger.enable', resolve))
parentPort?.postMessage('attached')
while (Atomics.load(signals, 1) === 0) await delay(1)
isResuming = true
session.post('Debugger.resume')
await once(session, 'Debugger.resumed')
await new Promise(resolve => session.post('Debugger.disable', resolve))
parentPort?.postMessage(seen)
