// Waits for what other threads do, which no event announces.
import { setTimeout as delay } from 'node:timers/promises'

/** Waits until a condition holds. After the limit, by default a minute, it throws, with the description of the condition. */
export async function until(
  condition: () => boolean,
  description: string,
  limitMs: number = 60_000,
): Promise<void> {
  if (!(await isReached(condition, limitMs)))
    throw new Error(`not within ${limitMs / 1000} s: ${description}`)
}

/** Waits until a condition holds, for a limited time. Tells whether it does. */
export async function isReached(condition: () => boolean, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs
  while (!condition()) {
    if (performance.now() > deadline) return false
    await delay(1)
  }
  return true
}
