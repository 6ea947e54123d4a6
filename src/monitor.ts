/*
 * `threadslots/monitor`: a thread that answers Prometheus, probes and people while the main thread is blocked.
 */

export { onStuck, type StuckOptions, type StuckThread } from './monitor/on-stuck.js'
export type { MonitorOptions, Tasks } from './monitor/options.js'
export { type Monitor, monitor } from './monitor/start.js'
export { watchEventLoop } from './monitor/watch-event-loop.js'
