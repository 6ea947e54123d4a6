/*
 * The keyboard while a table is shown.
 *
 * A terminal delivers single key presses in raw mode only. In raw mode, Ctrl-C, Ctrl-\ and Ctrl-Z are key
 * presses, too, so this module sends the signals that they stand for to all processes in the foreground. Raw
 * mode must also end before the program does. Node doesn't see to that if a signal has a listener.
 *
 * A background process that reads the terminal or changes its mode is stopped (SIGTTIN, SIGTTOU). So the
 * keyboard is captured in the foreground only. A program that comes to the foreground later captures it when
 * it gets SIGCONT from its shell. Bash sends that only to a program that was stopped; any other program goes
 * without the keyboard.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { emitKeypressEvents, type Key } from 'node:readline'
import { PassThrough } from 'node:stream'
import type { ReadStream } from 'node:tty'

export interface KeyboardListener {
  /** A key was pressed. Its name is that of `node:readline`, or empty. */
  onKey(name: string): void
  /** Ctrl-Z is about to stop the program. */
  onSuspend(): void
  /** The program goes on, in the foreground or in the background. */
  onResume(): void
}

/** The signals of Ctrl-C, Ctrl-Z and Ctrl-\ by their character codes. */
const SIGNAL_OF_CODE: { readonly [code: number]: NodeJS.Signals } = {
  3: 'SIGINT',
  26: 'SIGTSTP',
  28: 'SIGQUIT',
}
const TERMINATION_SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']

/**
 * Whether the input is a keyboard that nobody else reads. On Windows it never is, since signals can't be sent
 * on there.
 */
export const isKeyboardAvailable = (input: ReadStream): boolean =>
  input.isTTY &&
  !input.isRaw &&
  ['data', 'readable', 'keypress'].every(event => input.listenerCount(event) === 0) &&
  process.platform !== 'win32'

/**
 * Whether this process is in the foreground of its terminal, or has no terminal that could stop it. If that
 * can't be found out, the answer is false.
 * @param statPath the file in which Linux tells. Other systems have only `ps`, which takes some milliseconds.
 */
export function isInForeground(statPath = '/proc/self/stat'): boolean {
  const [group, foregroundGroup] = groupsIn(statPath) ?? groupsFromPs()
  return foregroundGroup === '-1' || (foregroundGroup !== undefined && foregroundGroup === group)
}

/**
 * The process group and the terminal's foreground group: fields 5 and 8. Field 2 is a name in parentheses
 * that may contain any character, so counting starts at the last parenthesis.
 */
function groupsIn(statPath: string): (string | undefined)[] | undefined {
  try {
    const text = fs.readFileSync(statPath, 'latin1')
    const fields = text.slice(text.lastIndexOf(')')).split(' ')
    return [fields[3], fields[6]]
  } catch {
    return undefined
  }
}

const groupsFromPs = (): string[] =>
  String(spawnSync('ps', ['-o', 'pgid=,tpgid=', '-p', `${process.pid}`]).stdout)
    .trim()
    .split(/ +/)

/**
 * Captures all key presses, without keeping the program alive. Returns a function that releases the keyboard.
 */
export function captureKeyboard(
  input: ReadStream,
  { onKey, onSuspend, onResume }: KeyboardListener,
): () => void {
  // Names the keys. If it were attached to the input itself, it would leave a listener there.
  const decoder = new PassThrough()
  emitKeypressEvents(decoder)
  decoder.on('keypress', onKeypress)
  let isCapturing = false
  const onData = (chunk: Buffer | string) => void decoder.write(chunk)
  const capture = () => {
    if (!isInForeground()) return
    isCapturing = true
    for (const signal of TERMINATION_SIGNALS) process.prependListener(signal, onTermination)
    input.on('data', onData)
    input.on('error', stop)
    input.setRawMode(true)
    input.resume()
    input.unref()
  }
  const release = () => {
    if (!isCapturing) return
    isCapturing = false
    for (const signal of TERMINATION_SIGNALS) process.off(signal, onTermination)
    input.off('data', onData)
    // A terminal whose window was closed has no mode any more, and says so by an error.
    input.setRawMode(false)
    input.off('error', stop)
    input.pause()
    // By default, a program that reads its input waits for it.
    input.ref()
  }
  const resume = () => {
    if (isCapturing) return
    capture()
    onResume()
  }
  const onTermination = (signal: NodeJS.Signals) => {
    stop()
    // Our listener kept the signal from ending the program. Without other listeners, it has to.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }
  function onKeypress(_text: string | undefined, { name = '', sequence = '' }: Key): void {
    const signal = SIGNAL_OF_CODE[sequence.charCodeAt(0)]
    if (!signal) {
      onKey(name)
      return
    }
    if (signal === 'SIGTSTP') {
      release()
      onSuspend()
    } else stop()
    // 0 is the whole process group, to which a terminal sends signals, too.
    process.kill(0, signal)
  }
  const stop = () => {
    process.off('SIGCONT', resume)
    release()
  }
  process.on('SIGCONT', resume)
  capture()
  return stop
}
