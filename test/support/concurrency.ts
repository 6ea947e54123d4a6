/** Runs a task for each number below `count`, at most `limit` at once. Resolves with the results in order. */
export async function runConcurrently<R>(
  count: number,
  limit: number,
  task: (i: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const work = async () => {
    for (let i = next++; i < count; i = next++) results[i] = await task(i)
  }
  await Promise.all(Array.from({ length: limit }, work))
  return results
}
