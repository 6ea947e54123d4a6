/*
 * Resident memory of one large allocation, to the page: what the operating system says of the mapping that it lies in.
 * What the whole process grows by says little, since the engine takes and gives back more than that all the time.
 */
import { existsSync, readFileSync } from 'node:fs'

interface Mapping {
  readonly start: number
  readonly end: number
  readonly residentBytes: number
}

const MAPS = '/proc/self/smaps'

/** None where there is no such file: anywhere but on Linux. */
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
 * Does something that allocates `byteLength` bytes in one piece. Returns a function that tells how much of that piece
 * is resident now. The system may show it as one mapping with what lay beside it; that part is taken off. Undefined where the
 * system shows no such mapping.
 */
export function mapped<T>(
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
