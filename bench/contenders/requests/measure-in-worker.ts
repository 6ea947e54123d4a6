/*
 * Has a worker poll this thread, and measure what that costs it.
 */
import { Worker } from 'node:worker_threads'
import type { Measurement, Meter } from '../../harness/meter.js'
import { MEASURED } from './names.js'
import type { ThreadData } from './polling-thread.js'
import { prepareRequests } from './requests.js'

export function measureInWorker(meter: Meter, what: ThreadData['what']): Promise<void> {
  const { places, ask } = prepareRequests()
  const workerData: ThreadData = { what, milliseconds: meter.milliseconds, places }
  const transferList = [places.port, places.abortPort]
  const worker = new Worker(new URL('./polling-thread.js', import.meta.url), { workerData, transferList })
  return new Promise((resolve, reject) => {
    worker.on('error', reject)
    worker.on('message', (message: typeof MEASURED | readonly Measurement[]) => {
      if (message === MEASURED) {
        ask()
        worker.postMessage('asked')
      } else {
        meter.measurements.push(...message)
      }
    })
    worker.on('exit', () => resolve())
  })
}
