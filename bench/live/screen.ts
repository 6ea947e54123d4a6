/*
 * Where pictures go: a terminal, which is redrawn, or a file or pipe, which gets a line now and then.
 */
import { styleText } from 'node:util'
import { createLogUpdate } from 'log-update'
import { type Line, obituary, screenful, summary } from './display.js'
import type { Picture } from './picture.js'

export interface Screen {
  /** How long a picture stays. */
  readonly intervalMs: number
  show(picture: Picture): void
  /** The last one, which remains. */
  finish(picture: Picture): void
  /** What is going on after that; undefined: nothing any more. */
  status(text: string | undefined): void
  print(text: string, style?: Line['style']): void
}

export const screenFor = (stream: NodeJS.WriteStream): Screen =>
  stream.isTTY ? terminal(stream) : pipe(stream)

function terminal(stream: NodeJS.WriteStream): Screen {
  const update = createLogUpdate(stream)
  const paint = (text: string, style: Line['style']) =>
    text !== '' && stream.hasColors() ? styleText(style, text) : text
  const show = (picture: Picture) => {
    // One row less: the cursor stands below.
    const lines = screenful(picture, stream.columns || 80, (stream.rows || 24) - 1)
    update(lines.map(({ text, style }) => paint(text, style)).join('\n'))
  }
  return {
    intervalMs: 100,
    show,
    finish(picture) {
      show(picture)
      update.done()
    },
    status(text) {
      if (text !== undefined) return update(text)
      update.clear()
      update.done()
    },
    print: (text, style = 'reset') => void stream.write(`${paint(text, style)}\n`),
  }
}

function pipe(stream: NodeJS.WriteStream): Screen {
  const print = (text: string) => void stream.write(`${text}\n`)
  // Whoever reads the pipe may have seen enough, as `head` does.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
  let hasCrashed = false
  const show = (picture: Picture) => {
    const { crash, plan } = picture
    if (crash && !hasCrashed) print(obituary(crash, plan, Number.POSITIVE_INFINITY))
    hasCrashed = crash !== undefined
    print(summary(picture))
  }
  return { intervalMs: 1000, show, finish: show, status: () => {}, print }
}
