/**
 * A number that depends on each total and on its place, to compare readings by. Totals are numbers or vectors.
 */
export function digest(totals: readonly (number | ArrayLike<number>)[]): number {
  let sum = 0
  let place = 0
  for (const total of totals) {
    for (const value of typeof total === 'number' ? [total] : Array.from(total)) sum += ++place * value
  }
  return sum
}
