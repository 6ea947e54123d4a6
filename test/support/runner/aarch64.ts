// Runs Node for AArch64 on another processor. QEMU emulates the processor alone and passes system calls on to this system, so
// files, processes and threads are the real ones.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inPath, installPackages } from '../../../tools/debian.js'

const EMULATOR = 'qemu-aarch64'
const DISASSEMBLER = 'aarch64-linux-gnu-objdump'
/** Where Debian has the C and C++ libraries of AArch64, for cross-compilers. */
const LIBRARIES = '/usr/aarch64-linux-gnu'
const PACKAGES = ['qemu-user', 'libstdc++6-arm64-cross', 'binutils-aarch64-linux-gnu']

/**
 * Installs the emulator, the libraries that Node needs, and a disassembler for the tests in test/aarch64/.
 * @throws {Error} if they are missing and can't be installed; the message says what to do.
 */
export function installEmulator(): void {
  const isInstalled =
    inPath(EMULATOR) && inPath(DISASSEMBLER) && existsSync(join(LIBRARIES, 'lib/libstdc++.so.6'))
  if (!isInstalled) installPackages('an emulator of AArch64', PACKAGES)
}

/**
 * Writes a script that starts an AArch64 program of Node, and returns the script's path.
 *
 * In that Node, `process.execPath` is the script. This system can't start the program itself, and that is how tests start
 * other processes.
 */
export function writeStarter(folder: string, program: string): string {
  const starter = join(folder, 'node')
  const preloaded = join(folder, 'exec-path.cjs')
  writeFileSync(preloaded, `process.execPath = ${JSON.stringify(starter)}\n`)
  const command = [EMULATOR, '-L', LIBRARIES, program, '--require', preloaded].map(quote).join(' ')
  writeFileSync(starter, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 })
  return starter
}

/** A word as a shell takes it literally. */
const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`
