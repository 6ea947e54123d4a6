// The pool's task: a job that is done at once, or one that is still in flight when its thread is terminated.
import { jobs } from './values.js'

export default function work(isEndless: boolean): void {
  jobs.inFlight++
  jobs.heap = process.memoryUsage().heapUsed
  jobs.started++
  while (isEndless);
  jobs.inFlight--
}
