// Starts workers in all the ways that Node has, as a pool of another library might.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { SHARE_ENV, Worker } from 'node:worker_threads'
import { ended } from './workers.js'

const file = new URL('workers/do-job.js', import.meta.url)
const dynamicImport = `import(${JSON.stringify(file.href)})`
const { Worker: RequiredWorker } = createRequire(import.meta.url)(
  'worker_threads',
) as typeof import('worker_threads')

const variants: { readonly [way: string]: () => Worker } = {
  'a file': () => new Worker(file),
  'a path': () => new Worker(fileURLToPath(file)),
  'a required module': () => new RequiredWorker(file),
  'code with a dynamic import': () => new Worker(dynamicImport, { eval: true }),
  'a data: URL': () => new Worker(new URL(`data:text/javascript,${dynamicImport}`)),
  'other options': () =>
    new Worker(file, {
      argv: ['x'],
      env: SHARE_ENV,
      execArgv: ['--no-warnings'],
      name: 'named',
      resourceLimits: { maxOldGenerationSizeMb: 64 },
      stdout: true,
      workerData: { own: 1 },
    }),
  'a subclass': () => new (class extends Worker {})(file),
}

/** Starts one worker in each way; each does one job. Resolves when all have ended. */
export async function runWorkerVariants(): Promise<{ way: string; threadId: number }[]> {
  return Promise.all(
    Object.entries(variants).map(async ([way, make]) => {
      const worker = make()
      const { threadId } = worker
      await ended(worker)
      return { way, threadId }
    }),
  )
}
