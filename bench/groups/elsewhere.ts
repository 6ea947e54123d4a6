/*
 * The same in other languages, where their toolchains are found: each program is in `bench/elsewhere`, checks its own
 * sums, and prints `name<tab>ns` for each sample.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Group } from '../harness/group.js'
import type { Meter } from '../harness/meter.js'

const SOURCES = join(import.meta.dirname, '../../../bench/contenders/elsewhere')
const LIMIT_MS = 60_000

/** A program, as the commands that make and run it in an empty folder. */
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

function measure(meter: Meter, { language, commands }: Program): void {
  const folder = mkdtempSync(join(tmpdir(), 'threadslots-'))
  try {
    let output = ''
    for (const [command, ...args] of commands) {
      const result = spawnSync(command, args, { cwd: folder, encoding: 'utf8', timeout: LIMIT_MS })
      if (result.error || result.status !== 0) {
        const reason = result.error?.message ?? (result.stderr.trim() || `exit code ${result.status}`)
        meter.omit(language, `${command}: ${reason}`)
        return
      }
      output = result.stdout
    }
    record(meter, output)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function record(meter: Meter, output: string): void {
  const samples = new Map<string, number[]>()
  for (const line of output.trim().split('\n')) {
    const [name = '', ns] = line.split('\t')
    if (!samples.has(name)) samples.set(name, [])
    samples.get(name)?.push(Number(ns))
  }
  for (const [name, ns] of samples) meter.record(name, 'ns', ns)
}
