/*
 * Asks the main thread where it is, while it runs.
 *
 * A message of an inspector session interrupts the thread at its next call or the next turn of a loop, inside a regular
 * expression or `Atomics.wait` too, and is handled there, on top of whatever runs. The message here evaluates an expression
 * that returns the stack below it. The thread then goes on by itself, and never waits for this one.
 *
 * `Debugger.pause` was rejected. It takes several times as long, because a debugger is first told of every script. All debuggers
 * that are attached are shown the pause, and resuming ends a user's pause at a breakpoint, too. And the thread stands still
 * until somebody resumes it.
 */
import type { Runtime } from 'node:inspector'
import { setTimeout as delay } from 'node:timers/promises'

/** What the main thread answers. */
export interface MainStack {
  /** As `error.stack` shows frames, without the message. They aren't mapped to sources. */
  readonly frames: readonly string[]
  /** Whether source maps are enabled in the main thread. */
  readonly isMapped: boolean
  /** Milliseconds from the question to the answer. The main thread was interrupted for less than that. */
  readonly answeredInMs: number
}

const MAX_FRAMES = 50

/**
 * Node 20 to 26 abort the process if a thread ends by itself while the main thread closes the session with it, which takes
 * less than a millisecond. What this thread does next, such as reading source maps, waits until that is over. A thread that
 * ends before, or is terminated at any moment, does no harm.
 */
const CLOSING_MS = 5

/**
 * Runs in the main thread. It touches nothing of the program's except two properties of `Error`, which have their values back
 * before the program goes on. They keep the program's own formatter, and the runtime's reading of source maps, from running
 * there. If `Error` is frozen, the stack comes as the program formats it.
 */
const EXPRESSION = `{
  const { stackTraceLimit, prepareStackTrace } = Error
  Error.stackTraceLimit = ${MAX_FRAMES + 1}
  Error.prepareStackTrace = (_, frames) => ['Error', ...frames].join('\\n    at ')
  try {
    ({ stack: new Error().stack, isMapped: globalThis.process?.sourceMapsEnabled === true })
  } finally {
    Error.stackTraceLimit = stackTraceLimit
    Error.prepareStackTrace = prepareStackTrace
  }
}`

const PARAMETERS: Runtime.EvaluateParameterType & { disableBreaks: true } = {
  expression: EXPRESSION,
  returnByValue: true,
  // A debugger that somebody has attached neither stops in the expression nor hears of its errors.
  silent: true,
  disableBreaks: true,
}

/**
 * Resolves with undefined if no answer comes in time, because the main thread is in a native call. It answers when that
 * returns, and nobody listens any more.
 * @throws {Error} if the runtime forbids it, or was built without an inspector.
 */
export async function askMainThread(timeoutMs: number): Promise<MainStack | undefined> {
  // Not loaded before somebody asks.
  const { Session } = await import('node:inspector/promises')
  const session = new Session()
  const askedAt = performance.now()
  session.connectToMainThread()
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), timeoutMs)
  })
  try {
    const answer = await Promise.race([session.post('Runtime.evaluate', PARAMETERS), timeout])
    const answeredInMs = performance.now() - askedAt
    if (!answer) return undefined
    if (answer.exceptionDetails) throw new Error(answer.result.description?.split('\n', 1)[0])
    const { stack, isMapped } = answer.result.value
    // The first frame is the expression's own.
    return { frames: `${stack}`.split('\n    at ').slice(2), isMapped, answeredInMs }
  } finally {
    clearTimeout(timer)
    // Otherwise a process that exits would wait for this thread, and print that it does.
    session.disconnect()
    await delay(CLOSING_MS)
  }
}
