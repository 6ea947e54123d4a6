// Talks to programs that run in processes of their own.
import type { ChildProcess } from 'node:child_process'

/** Sends a request, and resolves with the answer. */
export function ask<T>(program: ChildProcess, request: string): Promise<T> {
  const answer = nextMessage<T>(program)
  program.send(request)
  return answer
}

/** Resolves with the program's next message. Rejects if the program ends before it sends one. */
export function nextMessage<T>(program: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null) =>
      reject(new Error(`the program has ended, with ${signal ?? `exit code ${code}`}`))
    program.once('exit', onExit)
    program.once('message', (message: T) => {
      program.off('exit', onExit)
      resolve(message)
    })
  })
}
