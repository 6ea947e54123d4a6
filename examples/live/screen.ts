/*
 * What is said before and after the table: lines, and on a terminal, what is going on.
 */
import { styleText } from 'node:util'
import { createLogUpdate } from 'log-update'

export type Style = Parameters<typeof styleText>[0]

const { stdout } = process
const update = stdout.isTTY ? createLogUpdate(stdout) : undefined

// Whoever reads a pipe may have seen enough, as `head` does.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

/** What is going on; undefined: nothing any more. */
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
