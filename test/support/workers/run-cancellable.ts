// Runs tasks, which poll their tickets without yielding, until they are cancelled or have polled often enough.
import { parentPort } from 'node:worker_threads'
import { threadLocal } from 'threadslots'
import { throwIfCancelled } from 'threadslots/cancel'

export interface CancellableTask {
  readonly ticket: number
  /** Infinity for a task that ends only when it is cancelled. */
  readonly polls: number
}

const local = threadLocal('cancellable tasks', { polls: 'count' })

parentPort?.on('message', ({ ticket, polls }: CancellableTask) => {
  try {
    for (let i = 0; i < polls; i++) {
      throwIfCancelled(ticket)
      local.polls++
    }
    parentPort?.postMessage('done')
  } catch (error) {
    const { name, code } = error as Error & { readonly code?: string }
    parentPort?.postMessage(`${name} ${code}`)
  }
})
