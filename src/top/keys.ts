/*
 * Keys that are pressed while the table is shown.
 *
 * A terminal passes them on one by one in raw mode only, where Ctrl-C, Ctrl-\ and Ctrl-Z are keys like others. So
 * they are sent on as what they would have been: signals to all processes in the foreground. And however the program
 * ends, raw mode ends first: Node does not see to that where a signal has a listener.
 *
 * Who sets the mode of a terminal from its background, or reads there, is stopped (SIGTTOU, SIGTTIN). So keys are taken
 * in the foreground alone. What comes there later gets SIGCONT from its shell; but from bash only if it was stopped, and
 * otherwise does without keys.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { emitKeypressEvents, type Key } from 'node:readline'
import { PassThrough } from 'node:stream'
import type { ReadStream } from 'node:tty'

export interface KeyListener {
  /** A key, named as `node:readline` does. */
  onKey(name: string): void
  /** The program is about to be stopped by Ctrl-Z. */
  onSuspend(): void
  onResume(): void
}

/** By the codes of Ctrl-C, Ctrl-Z and Ctrl-\. */
const SIGNAL_KEYS: { readonly [code: number]: NodeJS.Signals } = { 3: 'SIGINT', 26: 'SIGTSTP', 28: 'SIGQUIT' }
/** What ends a program from outside. */
const ENDS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']

/** Whether keys can be taken without taking them from anybody. On Windows there are no signals to send on. */
export const areKeysFree = (input: ReadStream): boolean =>
  input.isTTY &&
  !input.isRaw &&
  ['data', 'readable', 'keypress'].every(event => input.listenerCount(event) === 0) &&
  process.platform !== 'win32'

/**
 * Whether this process is in the foreground of its terminal, or has none that could stop it.
 * @param stat where Linux tells; elsewhere only `ps` does, and it takes some milliseconds. Without that it is false.
 */
export function isInForeground(stat = '/proc/self/stat'): boolean {
  const [group, foreground] = groupsIn(stat) ?? groupsByPs()
  return foreground === '-1' || (foreground !== undefined && foreground === group)
}

/** The process group, and that of the foreground: the 5th and the 8th field, of which the 2nd may have any characters. */
function groupsIn(stat: string): (string | undefined)[] | undefined {
  try {
    const text = fs.readFileSync(stat, 'latin1')
    const fields = text.slice(text.lastIndexOf(')')).split(' ')
    return [fields[3], fields[6]]
  } catch {
    return undefined
  }
}

const groupsByPs = (): string[] =>
  String(spawnSync('ps', ['-o', 'pgid=,tpgid=', '-p', `${process.pid}`]).stdout)
    .trim()
    .split(/ +/)

/** Takes all keys, and keeps no program alive for it. Returns a function that gives them back. */
export function takeKeys(input: ReadStream, { onKey, onSuspend, onResume }: KeyListener): () => void {
  // Names keys. Asked directly, it would leave a listener at the input.
  const names = new PassThrough()
  emitKeypressEvents(names)
  names.on('keypress', onKeypress)
  let isTaken = false
  const onData = (chunk: Buffer | string) => void names.write(chunk)
  const take = () => {
    if (!isInForeground()) return
    isTaken = true
    for (const signal of ENDS) process.prependListener(signal, onEnd)
    input.on('data', onData)
    input.setRawMode(true)
    input.resume()
    input.unref()
  }
  const release = () => {
    if (!isTaken) return
    isTaken = false
    for (const signal of ENDS) process.off(signal, onEnd)
    input.off('data', onData)
    input.setRawMode(false)
    input.pause()
    // As it was: whoever reads it next waits for it.
    input.ref()
  }
  const resume = () => {
    if (isTaken) return
    take()
    onResume()
  }
  const onEnd = (signal: NodeJS.Signals) => {
    stop()
    // With nobody else to hear it, it would have ended the program.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }
  function onKeypress(_text: string | undefined, { name = '', sequence = '' }: Key): void {
    const signal = SIGNAL_KEYS[sequence.charCodeAt(0)]
    if (!signal) {
      onKey(name)
      return
    }
    if (signal === 'SIGTSTP') {
      release()
      onSuspend()
    } else stop()
    // 0: to the whole group, as the terminal does.
    process.kill(0, signal)
  }
  const stop = () => {
    process.off('SIGCONT', resume)
    release()
  }
  process.on('SIGCONT', resume)
  take()
  return stop
}
