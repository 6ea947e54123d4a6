// A stand-in for standard input: a terminal with a user at its keyboard.
import fs from 'node:fs'
import { PassThrough } from 'node:stream'
import type { ReadStream } from 'node:tty'

class Keyboard extends PassThrough {
  readonly isTTY = true
  isRaw = false
  isReferenced = true
  /** Whether the program is to be in the terminal's foreground, regardless of where the tests run. */
  isInForeground = true

  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw
    return this
  }

  ref(): void {
    this.isReferenced = true
  }

  unref(): void {
    this.isReferenced = false
  }

  async press(keys: string): Promise<void> {
    this.write(keys)
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
  }
}

/**
 * Replaces standard input by a keyboard while `run` runs. Calls of `process.kill` are not carried out but
 * appended to `sent`: process id, signal, and whether the terminal was in raw mode at that moment.
 */
export async function withKeyboard(
  run: (keyboard: Keyboard & ReadStream, sent: unknown[]) => Promise<void> | void,
): Promise<void> {
  const keyboard = new Keyboard()
  const sent: unknown[] = []
  const { kill } = process
  const { readFileSync } = fs
  /** What Linux reports of a process whose name contains spaces and a parenthesis. */
  const stat = () => `1 (a) S 1 9 ) S 1 7 7 34816 ${keyboard.isInForeground ? 7 : 8} 4194304`
  const own = Object.getOwnPropertyDescriptor(process, 'stdin') as PropertyDescriptor
  Object.defineProperty(process, 'stdin', { value: keyboard, configurable: true })
  process.kill = (id, signal) => {
    sent.push(id, signal, keyboard.isRaw)
    return true
  }
  const read = (path: unknown, ...options: unknown[]) =>
    path === '/proc/self/stat' ? stat() : Reflect.apply(readFileSync, fs, [path, ...options])
  fs.readFileSync = read as typeof readFileSync
  try {
    await run(keyboard as unknown as Keyboard & ReadStream, sent)
  } finally {
    process.kill = kill
    fs.readFileSync = readFileSync
    Object.defineProperty(process, 'stdin', own)
  }
}
