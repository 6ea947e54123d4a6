import { ThreadWorker } from 'poolifier'
import { counting, exiting, plain, throwing } from './tasks.js'

const worker: ThreadWorker<number, number> = new ThreadWorker<number, number>({
  plain: (input = 0) => plain(input),
  counting: (input = 0) => counting(input),
  exiting: (task = 0) => exiting(task),
  throwing: async (task = 0) => throwing(task),
})

export default worker
