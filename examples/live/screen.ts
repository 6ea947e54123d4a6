/*
 * Prints lines before and after the live table and, on a terminal, a status line that is replaced.
 */
import { styleText } from 'node:util'
import { createLogUpdate } from 'log-update'

export type Style = Parameters<typeof styleText>[0]

const { stdout } = process
const update = stdout.isTTY ? createLogUpdate(stdout) : undefined

// The reader of a pipe may close it early, as `head` does.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

/** Shows the status line if this is a terminal; `undefined` removes it. */
export function status(text: string | undefined): void {
  if (text === undefined) {
    update?.clear()
    update?.done()
  } else {
    update?.(text)
  }
}

export function print(text: string, style: Style = 'reset'): void {
  const hasStyle = text !== '' && style !== 'reset' && stdout.isTTY && stdout.hasColors()
  stdout.write(`${hasStyle ? styleText(style, text) : text}\n`)
}
