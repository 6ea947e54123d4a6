// One process of a cluster: four workers run tasks and count them. Its monitor takes any free port, and a file tells Prometheus
// which.
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { isMainThread, parentPort, threadId, Worker, workerData } from 'node:worker_threads'
import { threadLocal } from 'threadslots'
import { monitor } from 'threadslots/monitor'
import { randomIntegersFrom } from '../../support/random.js'

const WORKERS = 4
const MAX_TASK_MS = 10

const tasks = threadLocal('tasks', { started: 'count', done: 'count' })

if (isMainThread) await runMainThread(process.argv[2] as string)
else runWorker(workerData)

async function runMainThread(targets: string) {
  const { url, stop } = await monitor({ port: 0 })
  const { host } = new URL(url)
  const file = join(targets, `${process.pid}.json`)
  writeFileSync(file, JSON.stringify([{ targets: [host] }]))
  process.on('exit', () => rmSync(file))

  const done = new Int32Array(new SharedArrayBuffer(4))
  const workers = Array.from(
    { length: WORKERS },
    () => new Worker(new URL(import.meta.url), { workerData: done }),
  )
  const tellWorkers = (request: string) => {
    const answers = workers.map(worker => once(worker, 'message'))
    for (const worker of workers) worker.postMessage(request)
    return Promise.all(answers)
  }
  process.on('message', async (request: string) => {
    if (request === 'stop monitor') await stop()
    else await tellWorkers(request)
    process.send?.(Atomics.load(done, 0))
  })
  process.send?.(host)
}

/**
 * Runs tasks from `start` until `finish`, and at least one.
 * @param done one shared word with the number of tasks that are really done.
 */
function runWorker(done: Int32Array) {
  const random = randomIntegersFrom(threadId)
  let isFinished = Promise.resolve()
  let mayGoOn = true
  const runTasks = async () => {
    do await runTask()
    while (mayGoOn)
  }
  const runTask = async () => {
    tasks.started++
    try {
      await setTimeout(random(MAX_TASK_MS))
      Atomics.add(done, 0, 1)
    } finally {
      tasks.done++
    }
  }
  parentPort?.on('message', async request => {
    mayGoOn = request === 'start'
    if (mayGoOn) isFinished = runTasks()
    else await isFinished
    parentPort?.postMessage(request)
  })
}
