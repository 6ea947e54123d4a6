/*
 * Lines of text, and which of them a window shows if it has too few rows for all.
 */

export type Style = 'bold' | 'dim' | 'reset'

/** A line of text in one style. */
export interface Line {
  readonly text: string
  readonly style: Style
  /** If a window has too few rows, the lines of the lowest priority are dropped first. */
  readonly priority: number
}

export interface WindowSize {
  readonly columns: number
  readonly rows: number
}

/** The priority of each kind of line. */
export const PRIORITY = {
  /** A hint that only says what a key does. */
  help: 0,
  blank: 1,
  footer: 2,
  header: 3,
  retired: 4,
  title: 5,
  rates: 6,
  heading: 7,
  /** A hint that counts what is hidden. */
  hint: 8,
  total: 9,
  thread: 10,
}

/** Headers, footers and blank lines give way to this number of threads. */
const MIN_THREADS = 3

export const lineOf = (text: string, style: Style, priority: number): Line => ({ text, style, priority })

export const BLANK_LINE: Line = lineOf('', 'reset', PRIORITY.blank)

/** How many of the threads a window has room for. `priorities` are those of all other lines. */
export function visibleThreadCount(
  priorities: readonly number[],
  threadCount: number,
  windowRows: number,
): number {
  const keptCount = priorities.filter(priority => priority > PRIORITY.header).length
  const roomForOthers = windowRows - Math.min(MIN_THREADS, threadCount)
  const otherCount = Math.max(keptCount, Math.min(priorities.length, roomForOthers))
  return Math.max(0, Math.min(threadCount, windowRows - otherCount))
}

/**
 * Drops the lines of the lowest priority, until the others fit. Among lines of equal priority, it drops the
 * last.
 */
export function dropExcessLines(lines: readonly Line[], windowRows: number): Line[] {
  const byPriority = lines.map((line, place) => ({ line, place }))
  byPriority.sort((a, b) => b.line.priority - a.line.priority)
  const kept = byPriority.slice(0, windowRows)
  return kept.sort((a, b) => a.place - b.place).map(({ line }) => line)
}
