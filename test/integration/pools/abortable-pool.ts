// piscina and tinypool, which cancel a task through an AbortSignal.
import type { Pool } from './pool-adapter.js'
import type { Task } from './task.js'

interface AbortablePool {
  run(task: Task, options: { readonly signal: AbortSignal }): PromiseLike<unknown>
  destroy(): PromiseLike<unknown>
}

/** Adapts a pool whose tasks take an AbortSignal. */
export const abortablePool = (pool: AbortablePool): Pool => ({
  run: task => {
    const controller = new AbortController()
    return { answer: pool.run(task, { signal: controller.signal }), cancel: () => controller.abort() }
  },
  close: () => pool.destroy(),
})
