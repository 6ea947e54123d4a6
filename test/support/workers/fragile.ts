// A class whose constructor fails a few times in each thread; and, in a worker, the tries until it doesn't.
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { type ThreadLocal, threadLocalClass } from 'threadslots'

const Base: new () => ThreadLocal<{ calls: 'u32' }> = threadLocalClass('fragile', { calls: 'u32' })

export class Fragile extends Base {
  static attempts = 0
  readonly name: string

  constructor(name: string, failures: number) {
    super()
    this.calls++
    if (++Fragile.attempts <= failures) throw new Error(`${name} failed`)
    this.name = name
  }
}

/** Tries until it works; gives the object, and the errors on the way. */
export function persist(name: string, failures: number): { fragile: Fragile; errors: string[] } {
  const errors: string[] = []
  for (;;) {
    try {
      return { fragile: new Fragile(name, failures), errors }
    } catch (error) {
      errors.push((error as Error).message)
    }
  }
}

if (!isMainThread) {
  const { name, failures } = workerData as { name: string; failures: number }
  const { fragile, errors } = persist(name, failures)
  parentPort?.postMessage({ shown: { ...fragile }, errors })
}
