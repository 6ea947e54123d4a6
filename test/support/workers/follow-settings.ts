// Follows the settings of docs/requests.md without ever yielding, until they say `stop`. It sends the version that it finds first.
import { parentPort, workerData } from 'node:worker_threads'
import { threadLocal, valuesOf } from 'threadslots'
import { areOfOneChange, observed } from '../definitions/observed.js'
import type { SettingsModule } from '../page-modules.js'

export interface FollowSettingsData {
  /** The URL of the page's module. */
  readonly module: string
  /** After its first poll, the thread blocks until this is no longer 0. */
  readonly gate?: Int32Array
  /** Before it blocks, it says that it uses no settings. */
  readonly isIdle?: boolean
}

const { module, gate, isIdle } = workerData as FollowSettingsData
const { settings } = (await import(module)) as SettingsModule
const main = valuesOf(observed, 0)

let { version } = settings()
if (isIdle) threadLocal('settings', { seen: { type: 'f64', fold: 'none' } }).seen = Number.POSITIVE_INFINITY
parentPort?.postMessage(version)
if (gate) Atomics.wait(gate, 0, 0)

for (let now = settings(); !now.stop; now = settings()) {
  if (now.version !== version) {
    observed.changes++
    if (now.version < version) observed.older++
    if (!areOfOneChange(now)) observed.mixed++
    version = now.version
  }
  if (main.first !== main.second) observed.mixedSlots++
}
parentPort?.unref()
