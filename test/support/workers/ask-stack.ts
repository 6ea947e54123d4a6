// Asks `/stack` while the main thread is blocked, and releases that when it has all answers.
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createHold, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { StackRoute } from '../../../src/monitor/stack.js'
import type { ThreadStatus } from '../../../src/monitor/watcher.js'

export interface Question {
  readonly method?: string
  readonly accept?: string
  /** How often the main thread is asked before: until the answer has another status than this. */
  readonly whileStatus?: number
  /** To be asked at once with the question before. */
  readonly isAtOnce?: boolean
  /** The native call that blocks the main thread returns before this question. */
  readonly endsNative?: boolean
}

export interface AskData {
  readonly questions: readonly Question[]
  /** Of a monitor. By default, the worker asks a route of its own, which takes the main thread for blocked. */
  readonly url?: string
  /** The main thread sets the first element when it is blocked, and goes on when the second is set. */
  readonly signals: Int32Array
  /** Whether the main thread is in a process that is connected to `port`. */
  readonly isNative?: boolean
}

/** The first message. */
export interface Ready {
  /** Who connects there is held until a question `endsNative`. */
  readonly port: number
}

/** The second message has one for each question. */
export interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly text: string
}

const { questions, url, signals, isNative } = workerData as AskData
const main: ThreadStatus = { threadId: 0, state: 'blocked', unchangedMs: 400, blockedMs: 300 }
const route = new StackRoute({ statuses: [main] }, { stack: true }, undefined)
const server = createServer((request, response) => route.answer(request, response))
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
const ownUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/stack`

let held: Socket | undefined
const hold = createHold(socket => {
  held = socket
})
await new Promise<void>(resolve => hold.listen(0, '127.0.0.1', resolve))

parentPort?.postMessage({ port: (hold.address() as AddressInfo).port } satisfies Ready)
while (Atomics.load(signals, 0) === 0 || (isNative && !held)) await delay(1)
const answers: Promise<Answer>[] = []
for (const question of questions) {
  if (question.endsNative) held?.destroy()
  const answer = askUntilOther(question)
  answers.push(answer)
  if (!question.isAtOnce) await answer
}
const all = await Promise.all(answers)
Atomics.store(signals, 1, 1)
held?.destroy()
hold.close()
server.close()
server.closeAllConnections()
parentPort?.postMessage(all)

async function askUntilOther(question: Question): Promise<Answer> {
  for (;;) {
    const { method = 'GET', accept = '*/*', whileStatus } = question
    const response = await fetch(url ?? ownUrl, { method, headers: { accept } })
    const { status } = response
    const answer = { status, headers: Object.fromEntries(response.headers), text: await response.text() }
    if (status !== whileStatus) return answer
    await delay(5)
  }
}
