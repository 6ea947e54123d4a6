// A worker that does not use the package, and starts one that does. It says what that one says, and stays.
import { parentPort } from 'node:worker_threads'
import type { LineData } from './line.js'
import { message, start } from './run.js'

parentPort?.postMessage(await message(start('line.js', { below: 0, ending: 'stay' } satisfies LineData)))
