// A program with a monitor. Its test tells it what to do: it starts workers, terminates them, and blocks its main thread.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { totals } from 'threadslots'
import { monitor, onStuck } from 'threadslots/monitor'
import { block, jobs } from './jobs.js'
import type { Answer, Order } from './messages.js'

const limitMs = Number(process.argv[2])
const tasks = { started: 'jobs.started', done: 'jobs.done' }
const workers = new Map<number, Worker>()
const answer = (message: Answer) => process.send?.(message)

process.on('message', async (order: Order) => {
  switch (order.order) {
    case 'start': {
      const worker = new Worker(new URL('./worker.js', import.meta.url), {
        workerData: { behaviour: order.behaviour, limitMs },
      })
      const { threadId } = worker
      workers.set(threadId, worker)
      await once(worker, 'message')
      worker.on('message', thread => answer({ answer: 'stuck', in: threadId, thread }))
      answer({ answer: 'started', threadId })
      break
    }
    case 'block':
      block(order.ms)
      break
    case 'terminate and block':
      workers.get(order.threadId)?.terminate()
      block(order.ms)
      break
    case 'terminate':
      await workers.get(order.threadId)?.terminate()
      answer({ answer: 'terminated', threadId: order.threadId })
      break
    case 'terminate the stuck':
      onStuck(jobs, { started: 'started', done: 'done', stuckMs: limitMs }, async thread => {
        await workers.get(thread.threadId)?.terminate()
        answer({ answer: 'stuck', in: 0, thread, totals: totals(jobs) })
      })
  }
})

const { url } = await monitor({ port: 0, blockedMs: limitMs, stuckMs: limitMs, tasks })
answer({ answer: 'listening', url })
