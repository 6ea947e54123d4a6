// Runs the service: several workers at a time, each with its own clients. A worker that dies is replaced.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { randomIntegersFrom } from '../../support/random.js'
import { DEATHS, type Death } from './service-counters.js'
import { type AnswerCounts, type LoadResult, load } from './service-load.js'

const WORKERS = 4
/** How the workers at one place end, one after the other. The last one lives until all its requests are answered. */
const LIVES: readonly (Death | undefined)[] = [...DEATHS, ...DEATHS, undefined]

/** One worker of the service after its end. */
export interface Life {
  readonly death: Death | undefined
  readonly exitCode: number
  /** The message of the error that ended it. */
  readonly error: string | undefined
  readonly result: LoadResult
}

export interface ServiceRun {
  readonly lives: readonly Life[]
  /** What the clients have received. */
  readonly answers: AnswerCounts
}

export async function runService(): Promise<ServiceRun> {
  const answers: AnswerCounts = new Map()
  const lives: Life[] = []
  const runPlace = async (_: unknown, place: number) => {
    const random = randomIntegersFrom(place)
    for (const death of LIVES) lives.push(await live(death, random, answers))
  }
  await Promise.all(Array.from({ length: WORKERS }, runPlace))
  return { lives, answers }
}

async function live(
  death: Death | undefined,
  random: (limit: number) => number,
  answers: AnswerCounts,
): Promise<Life> {
  const worker = new Worker(new URL('service-worker.js', import.meta.url))
  let error: string | undefined
  worker.on('error', ({ message }: Error) => {
    error = message
  })
  const exit = new Promise<number>(resolve => worker.once('exit', resolve))
  const [port] = await once(worker, 'message')
  worker.once('message', () => worker.terminate())
  const result = await load(port, death, random, answers)
  if (death === undefined) worker.postMessage('close')
  return { death, exitCode: await exit, error, result }
}
