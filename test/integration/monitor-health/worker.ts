import { parentPort, workerData } from 'node:worker_threads'
import { nameThread } from 'threadslots'
import { onStuck, watchEventLoop } from 'threadslots/monitor'
import { block, jobs } from './jobs.js'
import type { Behaviour } from './messages.js'

const { behaviour, limitMs } = workerData as { behaviour: Behaviour; limitMs: number }
const ready = () => parentPort?.postMessage('ready')
nameThread(behaviour)

switch (behaviour) {
  case 'gets stuck':
    jobs.started++
    jobs.file = 'endless.txt'
    ready()
    block(Infinity)
    break
  case 'counts':
    watchEventLoop()
    jobs.started++
    setInterval(() => jobs.steps++, 5)
    ready()
    break
  case 'counts in a loop':
    jobs.started++
    ready()
    for (;;) {
      jobs.steps++
      block(5)
    }
  case 'is idle':
    jobs.started++
    jobs.done++
    // Keeps the thread alive.
    parentPort?.on('message', () => {})
    ready()
    break
  case 'asks who is stuck':
    onStuck(jobs, { started: 'started', done: 'done', stuckMs: limitMs }, thread =>
      parentPort?.postMessage(thread),
    )
    parentPort?.on('message', () => {})
    ready()
}
