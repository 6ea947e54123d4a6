/*
 * Measures the resident memory of one large allocation, to the page, from the operating system's list of
 * mappings. The growth of the whole process would say little: the engine allocates and frees more than that
 * all the time.
 */
import { existsSync, readFileSync } from 'node:fs'

interface Mapping {
  readonly start: number
  readonly end: number
  readonly residentBytes: number
}

const MAPS = '/proc/self/smaps'

/** This process's mappings; empty on systems other than Linux, which have no such file. */
function mappings(): Mapping[] {
  const text = existsSync(MAPS) ? readFileSync(MAPS, 'utf8') : ''
  const entries = text.matchAll(/^([0-9a-f]+)-([0-9a-f]+) [\s\S]*?^Rss: +(\d+) kB/gm)
  return [...entries].map(([, start = '', end = '', resident]) => ({
    start: Number.parseInt(start, 16),
    end: Number.parseInt(end, 16),
    residentBytes: Number(resident) * 1024,
  }))
}

/**
 * Calls `allocate`, which allocates `byteLength` bytes in one piece. Returns its result, and a function that
 * tells how many bytes of that piece are resident now. The system may merge the piece with a mapping beside
 * it, whose resident bytes are subtracted. Returns undefined if the system lists no such mapping.
 */
export function trackResidentBytes<T>(
  byteLength: number,
  allocate: () => T,
): { result: T; residentBytes: () => number } | undefined {
  const before = mappings()
  const within = (mapping: Mapping) =>
    before.filter(({ start, end }) => start >= mapping.start && end <= mapping.end)
  const growth = (mapping: Mapping) =>
    within(mapping).reduce((bytes, { start, end }) => bytes - (end - start), mapping.end - mapping.start)
  const result = allocate()
  const [found] = mappings()
    .filter(mapping => growth(mapping) >= byteLength)
    .sort((a, b) => growth(a) - growth(b))
  if (!found) return undefined
  const residentBefore = within(found).reduce((bytes, { residentBytes }) => bytes + residentBytes, 0)
  const now = () =>
    mappings()
      .filter(({ start, end }) => start >= found.start && end <= found.end)
      .reduce((bytes, { residentBytes }) => bytes + residentBytes, 0)
  return { result, residentBytes: () => now() - residentBefore }
}
