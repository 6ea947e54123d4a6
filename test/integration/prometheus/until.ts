import { setTimeout } from 'node:timers/promises'

const PAUSE_MS = 50

/** Asks again and again, until there is an answer other than `false`. */
export async function until<T>(ask: () => Promise<T | false>): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== false) return answer
    await setTimeout(PAUSE_MS)
  }
}
