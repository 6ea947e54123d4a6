/*
 * Which files are counted: all text files of a folder and of the folders in it.
 */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join, relative } from 'node:path'
import { breather } from './breath.js'

export interface TextFile {
  readonly path: string
  /** The path from the folder that was asked for. */
  readonly name: string
  readonly bytes: number
}

export interface Listing {
  /** Largest first, so that no thread begins a large file when the others are through. */
  readonly files: TextFile[]
  /** Files that were passed over. */
  readonly binary: number
  readonly unreadable: number
  readonly tooLarge: number
}

/** The recount holds a file as one string, and V8 has no longer ones. */
const MAX_FILE_BYTES = 512 * 1024 * 1024 - 24
/** A file with a NUL among its first bytes is binary, as for git. */
const head = new Uint8Array(8192)

/** Symbolic links are not followed. Now and then it says how many text files there are so far. */
export async function listTextFiles(folder: string, onProgress: (files: number) => void): Promise<Listing> {
  const files: TextFile[] = []
  const passedOver = { binary: 0, unreadable: 0, tooLarge: 0 }
  const breathe = breather(() => onProgress(files.length))
  for (const path of walk(folder)) {
    const found = examine(path)
    if (typeof found === 'string') passedOver[found]++
    else files.push({ path, name: relative(folder, path), bytes: found })
    await breathe()
  }
  files.sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
  return { files, ...passedOver }
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

/** A text file's length in bytes, or why it is none. */
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
