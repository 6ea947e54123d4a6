import { ThreadWorker } from 'poolifier'
import { doTask, type Task } from './task.js'

// Keeps the thread's event loop alive. In poolifier 5.3.2, a thread that is told to end may be gone before the pool has
// read its confirmation; `destroy` then never settles, and a shrinking pool throws. This happens without threadslots, too.
setInterval(() => {}, 2 ** 30)

// A dynamic pool ends a thread that had no task for this number of milliseconds.
const worker: ThreadWorker<Task> = new ThreadWorker<Task>(task => doTask(task as Task), {
  maxInactiveTime: 50,
})

export default worker
