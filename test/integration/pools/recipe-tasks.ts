// The type of the thread-local in docs/pools.md that follows tasks.
import type { HistogramSpec, ThreadLocal } from 'threadslots'

export type TasksSchema = {
  id: { type: 'u32'; fold: 'none' }
  percent: { type: 'u32'; fold: 'none' }
  doing: { type: 'text'; length: number }
  inFlight: { type: 'i32'; retire: false }
  waitMs: HistogramSpec
  done: 'count'
}
export type Tasks = ThreadLocal<TasksSchema>
