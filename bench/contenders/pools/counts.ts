/*
 * What tasks count in slots. The main thread imports it before it opens a pool, so that the threads inherit the table.
 */
import { type ThreadLocal, threadLocal } from 'threadslots'
import { type HistogramSpec, histogram } from 'threadslots/histogram'

export const counts: ThreadLocal<{ done: 'count'; ms: HistogramSpec }> = threadLocal('tasks', {
  done: 'count',
  ms: histogram({ min: 0.001, max: 60_000, digits: 2 }),
})
