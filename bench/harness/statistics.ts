/**
 * The value below which a share of the ascending numbers lies, interpolated between neighbours. NaN for no
 * numbers.
 */
export function quantile(ascending: readonly number[], share: number): number {
  const position = (ascending.length - 1) * share
  const below = Math.floor(position)
  const low = ascending[below] ?? Number.NaN
  const high = ascending[Math.min(below + 1, ascending.length - 1)] ?? Number.NaN
  return low + (high - low) * (position - below)
}

export const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

export const median = (values: readonly number[]): number => quantile(ascending(values), 0.5)
