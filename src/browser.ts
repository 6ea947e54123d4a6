/*
 * `threadslots/browser`: all of `threadslots`, with the host for pages and their workers.
 */
import { installBrowserHost } from './browser/host.js'

export { whenSupervised } from './browser/membership.js'
export { supervise } from './browser/supervision.js'
export * from './index.js'

installBrowserHost()
