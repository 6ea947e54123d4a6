// `npx threadslots top` as users run it: against a process with a monitor, in a terminal and in a pipe, until any kind of end.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { root } from '../../tools/repository.js'
import { RUNTIME } from '../../tools/testing/runtime.js'
import { skipIf } from '../../tools/testing/skip.js'
import { NO_TERMINAL, TerminalProcess } from '../support/terminal-process.js'

const COMMAND = join(root, 'dist/command.js')
const PROGRAM = fileURLToPath(new URL('../support/monitored-program.js', import.meta.url))
// Deno needs arguments to run a file.
const ARGUMENTS = RUNTIME === 'deno' ? ['run', '--quiet', '--allow-all'] : []

/** A process with a monitor. */
class Program {
  readonly child: ChildProcess = spawn(process.execPath, [...ARGUMENTS, PROGRAM], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  port = ''

  static async start(): Promise<Program> {
    const program = new Program()
    programs.push(program)
    const [url] = await once(program.child.stdout as NonNullable<ChildProcess['stdout']>, 'data')
    program.port = new URL(String(url).trim()).port
    return program
  }

  tell(line: string): void {
    this.child.stdin?.write(`${line}\n`)
  }
}

const programs: Program[] = []
test.after.each(() => {
  for (const { child } of programs.splice(0)) child.kill('SIGKILL')
})

const command = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [...ARGUMENTS, COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })

/** What a stream has given by its end. */
async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = ''
  for await (const chunk of stream ?? []) text += chunk
  return text
}

test('a pipe gets plain lines until the process has ended', async () => {
  const program = await Program.start()
  const child = command('top', program.port, '--interval', '100')
  const output = textOf(child.stdout)
  const errors = textOf(child.stderr)
  let lines = ''
  child.stdout?.on('data', chunk => {
    lines += chunk
    if (lines.split('\n').length === 3) program.tell('exit')
  })
  const [status] = await once(child, 'close')
  assert.is(status, 0)
  const line = `127\\.0\\.0\\.1:${program.port} · pid ${program.child.pid} · \\d threads? · up \\d+ s {2}jobs 1,234 \\(0/s\\)`
  assert.match(await output, new RegExp(`^(${line}\\n){3,}$`))
  assert.is(
    await errors,
    `127.0.0.1:${program.port} is gone: the process has ended, or has stopped its monitor\n`,
  )
})

test('the command ends quietly when the reader of its lines closes the pipe', async () => {
  const program = await Program.start()
  const child = command('top', program.port, '--interval', '100')
  const errors = textOf(child.stderr)
  await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data')
  child.stdout?.destroy()
  const [status] = await once(child, 'close')
  assert.is(await errors, '')
  assert.is(status, 0)
})

test('the published command prints its version, and knows wrong arguments by status 2', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [...ARGUMENTS, COMMAND, ...args], { encoding: 'utf8' })
  const version = run('--version')
  assert.match(version.stdout, /^\d+\.\d+\.\d+\S*\n$/)
  assert.is(version.status, 0)
  assert.is(run('--nonsense').status, 2)
  assert.is(run().status, 2)
})

const inTerminal = skipIf(NO_TERMINAL)
const AFTER = 'echo "status $?"; stty -a; echo over'

// The shell that becomes the command tells its process id.
const SHELL = `sh -c 'echo "command $$."; exec "$RUNTIME" ${ARGUMENTS.join(' ')} "$COMMAND" top "$PORT" --interval 100'`

/** Runs the command in a terminal, then prints its exit status and the terminal's settings. */
const open = (port: string) =>
  new TerminalProcess(
    `trap : INT TERM QUIT HUP; ${SHELL}; ${AFTER}`,
    { RUNTIME: process.execPath, COMMAND, PORT: port },
    100,
    24,
  )

/** The command's process id, once it shows the table. */
async function pidOf(run: TerminalProcess): Promise<number> {
  await run.until(/per second/)
  const [, pid] = await run.until(/command (\d+)\./)
  return Number(pid)
}

/** Waits for the end, asserts that the terminal has its old settings, and returns the command's exit status. */
async function left(run: TerminalProcess): Promise<number> {
  await run.until(/over/)
  await run.end()
  const { written } = run.terminal
  assert.not(run.terminal.isCursorHidden, written)
  for (const setting of [/[^-]icanon/, /[^-]isig/, /[^-]echo\b/]) assert.match(written, setting)
  return Number(written.match(/status (\d+)/)?.[1])
}

inTerminal('a terminal shows new keys as they come, and a main thread that is blocked', async () => {
  const program = await Program.start()
  const run = open(program.port)
  await run.until(/jobs {2}name/)
  program.tell('count')
  await run.until(/1,239/)
  program.tell('define')
  await run.until(/program\.jobs {2}program\.name {2}later\.hits/)
  program.tell('block')
  await run.until(/main thread blocked for \d+ s/)
  program.child.kill('SIGKILL')
  assert.is(await left(run), 0)
  const text = (await run.terminal.lines()).join('\n')
  assert.match(text, /total +1,239 +77\nper second/)
  assert.match(
    text,
    /\n127\.0\.0\.1:\d+ is gone: the process has ended, or has stopped its monitor\nstatus 0\n/,
  )
})

inTerminal('q ends the command, and the process goes on', async () => {
  const program = await Program.start()
  const run = open(program.port)
  await run.until(/per second/)
  run.type('q')
  assert.is(await left(run), 0)
  assert.is(program.child.exitCode, null)
})

for (const [keys, signal] of [
  ['\x03', 2],
  ['\x1c', 3],
] as const) {
  inTerminal(`Ctrl-${keys === '\x03' ? 'C' : '\\'} ends the command by its signal`, async () => {
    const program = await Program.start()
    const run = open(program.port)
    await run.until(/per second/)
    run.type(keys)
    assert.is(await left(run), 128 + signal)
  })
}

for (const [signal, number] of [
  ['TERM', 15],
  ['HUP', 1],
] as const) {
  inTerminal(`SIG${signal} from outside ends the command, and leaves the terminal as it was`, async () => {
    const program = await Program.start()
    const run = open(program.port)
    process.kill(await pidOf(run), `SIG${signal}`)
    assert.is(await left(run), 128 + number)
  })
}

inTerminal('SIGKILL leaves a visible cursor', async () => {
  const program = await Program.start()
  const run = open(program.port)
  process.kill(await pidOf(run), 'SIGKILL')
  await run.until(/over/)
  await run.end()
  // Raw mode is the shell's to end: interactive ones do it, and this one isn't interactive.
  assert.not.match(run.terminal.written, '\x1b[?25l')
  assert.match(run.terminal.written, /status 137/)
})

inTerminal('a terminal that is closed ends the command', async () => {
  const program = await Program.start()
  const run = open(program.port)
  const pid = await pidOf(run)
  run.close()
  const timeout = AbortSignal.timeout(30_000)
  const isRunning = () => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  while (isRunning()) {
    assert.not(timeout.aborted, 'it runs on')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
})

test.run()
