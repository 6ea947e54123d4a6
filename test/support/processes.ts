// Runs part of a test in a process of its own.
import { rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { run } from '../../tools/child-process.js'

let tasks = 0

/** A task that neither ends nor reports progress for this long hangs. */
const SILENCE_LIMIT_MS = 60_000
/** For tasks that hang and go on reporting progress. */
const TIME_LIMIT_MS = 600_000

export interface ProcessResult<R> {
  readonly code: number | null
  /** What went wrong, in a line; undefined if the process exited with 0. */
  readonly problem: string | undefined
  /** What the task returned, after a round trip through JSON; undefined if it threw. */
  readonly result: R
  readonly stderr: string
}

/**
 * Runs a task in a new process, until that ends by itself. Only the task's source goes there: it can't refer
 * to variables around it, and it imports what it uses. Its imports are relative to this folder, which is
 * beside the tests' folders.
 *
 * A task that may take longer than a minute on a busy machine reports its progress: it writes white space to stdout.
 */
export async function inProcess<R>(task: () => Promise<R>, flags: string[] = []): Promise<ProcessResult<R>> {
  // A file, because not all runtimes can import from code on the command line.
  const file = fileURLToPath(new URL(`task-${process.pid}-${tasks++}.mjs`, import.meta.url))
  // Node 20 has a listener of its own until the main module has been evaluated, so the task begins after that.
  const program = `(${task})().then(result => process.stdout.write(JSON.stringify({ result })))`
  writeFileSync(file, `setImmediate(() => ${program})`)
  const { exitCode, stdout, stderr, problem } = await run(process.execPath, [...flags, file], {
    timeLimitMs: TIME_LIMIT_MS,
    silenceLimitMs: SILENCE_LIMIT_MS,
  })
  rmSync(file)
  const { result } = JSON.parse(stdout || '{}')
  return { code: exitCode, problem, result, stderr }
}

/** Like `inProcess`, for a task that must succeed and write nothing to stderr; above all, no warning. */
export async function inCleanProcess<R>(task: () => Promise<R>, flags: string[] = []): Promise<R> {
  const { problem, result, stderr } = await inProcess(task, flags)
  if (problem !== undefined || stderr !== '') throw new Error(`${problem ?? 'the process ended'}: ${stderr}`)
  return result
}
