/*
 * The same in other languages, if their toolchains are installed. The programs are in
 * bench/contenders/elsewhere. Each checks its own sums, and prints a line `name<tab>ns` for each sample.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../tools/child-process.js'
import { root } from '../../tools/repository.js'
import type { Group } from '../harness/group.js'
import type { Meter } from '../harness/meter.js'

const SOURCES = join(root, 'bench/contenders/elsewhere')
const TIME_LIMIT_MS = 60_000

/** A program, given by the commands that compile and run it in an empty folder. */
interface Program {
  readonly language: string
  readonly commands: readonly (readonly [command: string, ...args: string[]])[]
}

const PROGRAMS: readonly Program[] = [
  {
    language: 'C',
    commands: [['cc', '-O2', '-o', 'thread_local', join(SOURCES, 'thread_local.c')], ['./thread_local']],
  },
  {
    language: 'Java',
    commands: [
      ['javac', '-d', '.', join(SOURCES, 'Counters.java')],
      ['java', '-cp', '.', 'Counters'],
    ],
  },
  { language: 'Python', commands: [['python3', join(SOURCES, 'thread_local.py')]] },
]

export const group: Group = {
  name: 'elsewhere',
  question: 'What does a thread-local counter cost in other languages, on this machine?',
  scenarios: PROGRAMS.map(program => ({
    table: 'increment',
    column: 'time',
    once: true,
    measure: meter => measure(meter, program),
  })),
}

async function measure(meter: Meter, { language, commands }: Program): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'threadslots-'))
  try {
    let output = ''
    for (const [command, ...args] of commands) {
      const { problem, stderr, stdout } = await run(command, args, {
        cwd: folder,
        timeLimitMs: TIME_LIMIT_MS,
      })
      if (problem !== undefined) {
        meter.omit(language, `${command}: ${stderr.trim() || problem}`)
        return
      }
      output = stdout
    }
    recordSamples(meter, output)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function recordSamples(meter: Meter, output: string): void {
  const samples = new Map<string, number[]>()
  for (const line of output.trim().split('\n')) {
    const [name = '', ns] = line.split('\t')
    if (!samples.has(name)) samples.set(name, [])
    samples.get(name)?.push(Number(ns))
  }
  for (const [name, ns] of samples) meter.record(name, 'ns', ns)
}
