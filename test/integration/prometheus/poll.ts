import { setTimeout } from 'node:timers/promises'

const PAUSE_MS = 50

/** Calls a function until its result is something other than `false`, and resolves with that. */
export async function poll<T>(run: () => Promise<T | false>): Promise<T> {
  for (;;) {
    const result = await run()
    if (result !== false) return result
    await setTimeout(PAUSE_MS)
  }
}
