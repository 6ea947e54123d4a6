// Terminates a thread in the middle of an operation. The protocol's words are accessed through `Atomics` only, so it is
// enough to replace the functions of `Atomics` while the operation runs.
const methods = Atomics as unknown as { [name: string]: (...args: unknown[]) => unknown }
const originals = Object.getOwnPropertyNames(Atomics)
  // A crash at a load leaves the same memory behind as one right after the last write.
  .filter(name => typeof methods[name] === 'function' && name !== 'load')
  .map(name => [name, methods[name] as (...args: unknown[]) => unknown] as const)

/**
 * Runs an operation whose thread crashes at a point: before (even numbers) or after (odd numbers) an `Atomics` call that
 * may write. From then on, every such call throws, so nothing more is written. Returns false if the operation returned
 * before it got to that point.
 */
export function runToCrash(run: () => void, crashPoint: number): boolean {
  let points = 0
  let isDead = false
  const pass = () => {
    isDead ||= points++ === crashPoint
    if (isDead) throw new Error('crash')
  }
  for (const [name, original] of originals) {
    methods[name] = (...args) => {
      pass()
      const result = original(...args)
      pass()
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
  if (isDead) throw new Error('the operation returned after its thread had crashed')
  return false
}
