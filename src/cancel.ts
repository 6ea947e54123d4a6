/*
 * `threadslots/cancel`: cancels one task that is running in another thread.
 */
import { internal } from './index.js'

export { type CancellableRun, cancellable } from './cancel/cancellable.js'
export { isCancelled, throwIfCancelled } from './cancel/is-cancelled.js'

// A pool may start its threads before the first ticket is issued, and they inherit the table that exists by then. Browsers
// hand their tables on by themselves.
if (internal.serverHost.threadId() !== undefined) internal.defaultTableFor('threadslots/cancel')
