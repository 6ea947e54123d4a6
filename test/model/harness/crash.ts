// The end of a thread in the middle of an operation: shared words are touched through `Atomics` alone, and that is
// replaced here.
const methods = Atomics as unknown as { [name: string]: (...args: unknown[]) => unknown }
const originals = Object.getOwnPropertyNames(Atomics)
  // Between two reads a thread leaves the same behind as after the last thing that it wrote.
  .filter(name => typeof methods[name] === 'function' && name !== 'load')
  .map(name => [name, methods[name] as (...args: unknown[]) => unknown] as const)

/**
 * Runs an operation whose thread ends at a moment: before (even numbers) or after (odd ones) an `Atomics` call that may
 * write. From there on every such step fails, and nothing of what it throws matters. False if the operation was through
 * before.
 */
export function crashes(run: () => void, moment: number): boolean {
  let moments = 0
  let isDead = false
  const stand = () => {
    isDead ||= moments++ === moment
    if (isDead) throw new Error('crash')
  }
  for (const [name, original] of originals) {
    methods[name] = (...args) => {
      stand()
      const result = original(...args)
      stand()
      return result
    }
  }
  try {
    run()
  } catch (error) {
    if (!isDead) throw error
    return true
  } finally {
    for (const [name, original] of originals) methods[name] = original
  }
  if (isDead) throw new Error('the thread went on after its end')
  return false
}
