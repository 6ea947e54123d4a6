// What the pool's workers do: hash blocks, and count them by every means, until their task meets its fate.
import { createHash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { local } from './counters.js'
import { BATCHES, type Fate, type Message, type Order } from './orders.js'

const BLOCK = Buffer.alloc(4096, 'block')

export default async function hashBlocks({ task, fate, blocks, hashed }: Order): Promise<void> {
  const batches = BATCHES.map((_, batch) => new Batch(task, batch))
  try {
    for (let block = 0; block < blocks; block++) {
      hash()
      local.blocks++
      for (const batch of batches) batch.count()
      Atomics.add(hashed, 0, 1)
    }
    await meet(fate)
  } finally {
    // A task that rejects sends what it has, as a careful one would.
    for (const batch of batches) batch.send()
  }
}

function hash() {
  createHash('sha256').update(BLOCK).digest()
}

/** Counts in this thread, and tells the main thread now and then. */
class Batch {
  readonly #task: number
  readonly #batch: number
  readonly #limit: number
  #count = 0

  constructor(task: number, batch: number) {
    this.#task = task
    this.#batch = batch
    this.#limit = BATCHES[batch] ?? 0
  }

  count() {
    if (++this.#count >= this.#limit) this.send()
  }

  send() {
    const message: Message = { task: this.#task, batch: this.#batch, count: this.#count }
    parentPort?.postMessage(message)
    this.#count = 0
  }
}

async function meet(fate: Fate): Promise<void> {
  // Terminated here, it is in the middle of its work, and yet no block is half counted: the truth is one
  // number. Threads that are terminated at any instruction whatever are the subject of `npm run chaos`.
  while (fate === 'hangs') hash()
  if (fate === 'rejects') throw new Error('rejects, as it was told')
  if (fate === 'exits') process.exit(3)
  if (fate === 'throws') {
    // In a callback, where neither the task nor the pool can catch it.
    await new Promise(() => {
      setImmediate(() => {
        throw new Error('throws, as it was told')
      })
    })
  }
}
