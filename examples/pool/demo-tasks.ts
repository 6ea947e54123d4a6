/*
 * The task of the demonstration.
 */
import type { TaskContext } from './worker.js'

/** Counts the primes below a number. For a negative number, it never ends, and says nothing: it is stuck. */
export default function countPrimes(limit: number, task: TaskContext): number {
  while (limit < 0);
  let primes = 0
  for (let n = 2; n < limit; n++) {
    if (n % 1000 === 0) {
      task.progress(n / limit)
      task.throwIfCancelled()
    }
    if (isPrime(n)) primes++
  }
  return primes
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) {
    if (n % divisor === 0) return false
  }
  return true
}
