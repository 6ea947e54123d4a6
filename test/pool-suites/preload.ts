// Loaded with --import into every process and thread of a pool's tests, before their own code. Each thread counts itself into the
// default table, and also writes lines into a file, which no bug of this package can touch. At its end, each process writes what
// it reads in the table. `readings.ts` compares the two.
import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { isMainThread, threadId } from 'node:worker_threads'
import { defaultTable, onThreadExit, perThread, reset, threadLocal, totals } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import type { Reading } from './readings.js'

/** Comes with the import, because tests start workers and processes with an environment of their own. */
const folder = new URL(import.meta.url).searchParams.get('folder') ?? ''
if (folder === '') throw new Error(`${import.meta.url} needs ?folder=, a folder for its readings`)

const linesFile = join(folder, `${process.pid}.lines`)
const BEGUN = 'begun'
const COUNTED = 'counted'
const TASK_AT_FIRST = 7

appendFileSync(linesFile, `${BEGUN}\n`)
const local = threadLocal('pool-suites', {
  threads: 'count',
  running: { type: 'u32', retire: false },
  startedWorkers: 'count',
  exits: 'count',
  faults: 'count',
  startMs: histogram({ min: 0.1, max: 60_000, digits: 1 }),
  title: { type: 'text', length: 32 },
  task: { type: 'u32', fold: 'none', init: TASK_AT_FIRST },
})
const title = (id: number) => `thread ${id}`
/** A thread may have ended, or be read, before it has assigned its title. */
const isRight = (read: string | undefined, id: number) => !read || read === title(id)

local.threads++
local.running = 1
local.startMs.record(performance.now())
local.title = title(threadId)
local.task = threadId
reset(local)
// The reset has cleared the text as well, which is of fold none.
if (local.task !== TASK_AT_FIRST || local.title !== '') local.faults++
local.title = title(threadId)
appendFileSync(linesFile, `${COUNTED}\n`)

subscribe('worker_threads', () => local.startedWorkers++)
onThreadExit(local, ({ threadId, values }) => {
  local.exits++
  if (!isRight(values.title, threadId)) local.faults++
})

if (isMainThread) {
  // Node stops a process's workers after the `exit` event, so some may still be starting.
  process.once('exit', writeReading)
  // Vitest ends the processes that run tests with this signal, which without a listener ends a process at once.
  process.once('SIGTERM', () => {
    writeReading()
    if (process.listenerCount('SIGTERM') === 0) process.kill(process.pid, 'SIGTERM')
  })
}

function writeReading(): void {
  writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(read()))
}

/** In an order in which a thread that is just counting itself breaks no rule of `readings.ts`. */
function read(): Reading {
  const countedBefore = countLines(COUNTED)
  const retired = totals(local, 'retired')
  const live = totals(local, 'live')
  const all = totals(local)
  return {
    all: { ...all, startMs: all.startMs.count },
    liveThreads: live.threads,
    retired: { threads: retired.threads, running: retired.running },
    wrongTitles: perThread(local).filter(thread => !isRight(thread.title, thread.threadId)).length,
    lost: defaultTable().lost,
    countedBefore,
    begunAfter: countLines(BEGUN),
  }
}

function countLines(line: string): number {
  if (!existsSync(linesFile)) return 0
  return readFileSync(linesFile, 'utf8')
    .split('\n')
    .filter(each => each === line).length
}
