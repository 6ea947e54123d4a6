/*
 * Finds the files to count: all text files of a folder and of its subfolders.
 */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join, relative } from 'node:path'
import { periodicYield } from './periodic-yield.js'

export interface TextFile {
  readonly path: string
  /** The path relative to the folder that is counted. */
  readonly name: string
  readonly bytes: number
}

export interface Listing {
  /** Largest first, so that no thread starts a large file when the others are almost done. */
  readonly files: TextFile[]
  // The numbers of files that were skipped, by reason.
  readonly binary: number
  readonly unreadable: number
  readonly tooLarge: number
}

/** V8's maximum length of a string: the recount reads each file into one. */
const MAX_FILE_BYTES = 512 * 1024 * 1024 - 24
/** The first bytes of a file. It is binary if they contain a NUL; git uses the same rule. */
const head = new Uint8Array(8192)

/**
 * Symbolic links are not followed. Calls `onProgress` regularly with the number of text files found so far.
 */
export async function listTextFiles(folder: string, onProgress: (files: number) => void): Promise<Listing> {
  const files: TextFile[] = []
  const skipped = { binary: 0, unreadable: 0, tooLarge: 0 }
  const yieldIfDue = periodicYield(() => onProgress(files.length))
  for (const path of walk(folder)) {
    const found = examine(path)
    if (typeof found === 'string') skipped[found]++
    else files.push({ path, name: relative(folder, path), bytes: found })
    await yieldIfDue()
  }
  files.sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
  return { files, ...skipped }
}

function* walk(folder: string): Generator<string> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* walk(path)
    else if (entry.isFile()) yield path
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** The length of a text file in bytes, or why the file is skipped. */
function examine(path: string): number | 'binary' | 'unreadable' | 'tooLarge' {
  try {
    const fd = openSync(path, 'r')
    try {
      const { size } = fstatSync(fd)
      const headBytes = readSync(fd, head)
      if (head.subarray(0, headBytes).includes(0)) return 'binary'
      return size > MAX_FILE_BYTES ? 'tooLarge' : size
    } finally {
      closeSync(fd)
    }
  } catch {
    return 'unreadable'
  }
}
