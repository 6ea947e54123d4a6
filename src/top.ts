/*
 * `threadslots/top`: a live table of all threads' values, for any program.
 */
export type { TopColumn } from './top/column.js'
export type { TopLines, TopOptions, TopValue } from './top/options.js'
export type { TopStream } from './top/stream.js'
export { top } from './top/top.js'
