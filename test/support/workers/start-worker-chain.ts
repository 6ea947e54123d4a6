// Doesn't use the package itself, but starts a worker that does. Passes on that worker's message, and stays.
import { parentPort } from 'node:worker_threads'
import { message, start } from '../workers.js'
import type { ChainData } from './worker-chain.js'

parentPort?.postMessage(
  await message(start('worker-chain.js', { below: 0, ending: 'stay' } satisfies ChainData)),
)
