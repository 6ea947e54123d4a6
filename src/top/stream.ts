/*
 * The stream that a table is written to.
 */

/**
 * Any writable stream of Node. It is a terminal if its `isTTY` is true, as that of `process.stdout` may be.
 */
export interface TopStream {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  hasColors?(): boolean
  write(text: string, done?: (error?: Error | null) => void): unknown
  on(event: 'error' | 'resize', listener: () => void): unknown
  off(event: 'error' | 'resize', listener: () => void): unknown
}

/** Whether the stream is a terminal that can be redrawn. A dumb terminal can't be. */
export const isTerminal = (stream: TopStream): boolean => stream.isTTY === true && process.env.TERM !== 'dumb'
