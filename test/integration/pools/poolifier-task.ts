import { ThreadWorker } from 'poolifier'
import { doTask, type Task } from './task.js'

// Something to wait for: once a thread is told to end, it would have nothing left, and if it is gone before the pool
// has read that it obeys, `destroy` never settles, and a pool that shrinks throws (5.3.2, by itself).
setInterval(() => {}, 2 ** 30)

// A thread of a dynamic pool is ended after so many milliseconds without a task.
const worker: ThreadWorker<Task> = new ThreadWorker<Task>(task => doTask(task as Task), {
  maxInactiveTime: 50,
})

export default worker
