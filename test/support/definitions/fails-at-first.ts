// A class that extends a definition and whose constructor fails a few times in each thread.
import { type ThreadLocal, threadLocalClass } from 'threadslots'

const Base: new () => ThreadLocal<{ calls: 'u32' }> = threadLocalClass('fragile', { calls: 'u32' })

export class FailsAtFirst extends Base {
  static attempts = 0
  readonly name: string

  constructor(name: string, failures: number) {
    super()
    this.calls++
    if (++FailsAtFirst.attempts <= failures) throw new Error(`${name} failed`)
    this.name = name
  }
}

/** Calls the constructor until it succeeds. Returns the object, and the messages of the errors before it. */
export function retryUntilMade(name: string, failures: number): { fragile: FailsAtFirst; errors: string[] } {
  const errors: string[] = []
  for (;;) {
    try {
      return { fragile: new FailsAtFirst(name, failures), errors }
    } catch (error) {
      errors.push((error as Error).message)
    }
  }
}
