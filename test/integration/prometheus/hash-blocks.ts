// What the pool's workers do: hash blocks, and count them in slots, by messages and in a Counter, until their task ends.
import { createHash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { local } from './counters.js'
import { BATCH_SIZES, type BatchMessage, type Task } from './tasks.js'
import { blocksCounter } from './worker-registry.js'

const BLOCK = Buffer.alloc(4096, 'block')

export default async function hashBlocks(task: Task): Promise<void> {
  const { id, blocks, hashedBlocks } = task
  const batches = BATCH_SIZES.map((_, batchIndex) => new Batch(id, batchIndex))
  try {
    for (let block = 0; block < blocks; block++) {
      hash()
      local.blocks++
      for (const batch of batches) batch.count()
      blocksCounter.inc()
      Atomics.add(hashedBlocks, 0, 1)
    }
    await meet(task)
  } finally {
    // A task that rejects still sends its counts, as a careful program would.
    for (const batch of batches) batch.send()
  }
}

function hash() {
  createHash('sha256').update(BLOCK).digest()
}

/** Counts in this thread, and sends the count to the main thread now and then. */
class Batch {
  readonly #taskId: number
  readonly #batchIndex: number
  readonly #size: number
  #count = 0

  constructor(taskId: number, batchIndex: number) {
    this.#taskId = taskId
    this.#batchIndex = batchIndex
    this.#size = BATCH_SIZES[batchIndex] ?? 0
  }

  count() {
    if (++this.#count >= this.#size) this.send()
  }

  send() {
    const message: BatchMessage = { taskId: this.#taskId, batchIndex: this.#batchIndex, count: this.#count }
    parentPort?.postMessage(message)
    this.#count = 0
  }
}

async function meet({ fate, isReleased }: Task): Promise<void> {
  while (fate === 'blocks' && Atomics.load(isReleased, 0) === 0) hash()
  // The thread is terminated while it works here. It counts nothing here, so the expected count is a single number.
  // `npm run chaos` terminates threads at arbitrary instructions.
  while (fate === 'hangs') hash()
  if (fate === 'rejects') throw new Error('rejects on purpose')
  if (fate === 'exits') process.exit(3)
  if (fate === 'throws') {
    // In a callback, where neither the task nor the pool can catch it.
    await new Promise(() => {
      setImmediate(() => {
        throw new Error('throws on purpose')
      })
    })
  }
}
