/*
 * A live demonstration (`npm start`). Threads count the text files of a folder into their own slots, without
 * yielding to their event loops. The main thread reads all slots two hundred times per second and draws them.
 * At the end it counts everything again, alone, and compares.
 */
import { setTimeout } from 'node:timers/promises'
import { type Totals, totals } from 'threadslots'
import { monitor } from 'threadslots/monitor'
import { top } from 'threadslots/top'
import { readCommandLine } from '../../tools/command-line.js'
import { megabytes, percent, plural, printable, seconds, whole } from '../../tools/format.js'
import { HELP, type Options, parseOptions, USAGE } from './arguments.js'
import { type LiveSchema, local } from './counters.js'
import { DecreaseCheck } from './decreases.js'
import { type Listing, listTextFiles } from './files.js'
import { bytesOf, type Plan } from './plan.js'
import { recount } from './recount.js'
import { compare } from './report.js'
import { print, status } from './screen.js'
import { crashLine, tableOptions } from './table-view.js'
import { CountingThreads, type Crash } from './threads.js'

const READ_MS = 5
/**
 * --crash terminates a thread when this share is counted: it has counted something, and enough is left to
 * count.
 */
const CRASH_SHARE = 1 / 3

interface Outcome {
  readonly last: Totals<LiveSchema>
  /** The totals of dead threads. */
  readonly retired: Totals<LiveSchema>
  /** Undefined if no thread was terminated. */
  readonly crash: Crash | undefined
}

const decreaseCheck = new DecreaseCheck()

const options = readCommandLine(parseOptions, HELP, USAGE)
if (options !== undefined) await demonstrate(options)

async function demonstrate({ folder, threads, passes, crash, monitor: port }: Options): Promise<void> {
  if (port !== undefined) {
    const { url } = await monitor({ port })
    print(`monitor: ${url} in a browser, or npx threadslots top ${new URL(url).port}`)
  }
  const listing = await listTextFiles(folder, files => {
    status(`looking for text files: ${whole(files)}`)
  })
  status(undefined)
  print(describe(listing, folder))
  if (listing.files.length === 0) return print('nothing to count')
  const plan: Plan = { files: listing.files, passes }
  const outcome = await count(plan, threads, crash)
  print('')
  if (crash) describeCrash(plan, outcome)
  const { decreases, readings } = decreaseCheck
  const text = decreases === 0 ? 'no total ever decreased' : `a total decreased ${whole(decreases)} times`
  print(`${text} in ${whole(readings)} readings`, decreases === 0 ? 'reset' : 'red')
  const differences = await verify(plan, outcome.last)
  if (differences > 0 || decreases > 0) process.exitCode = 1
}

/** Lets threads count, and shows a live table meanwhile. */
async function count(plan: Plan, threads: number, wantsCrash: boolean): Promise<Outcome> {
  const counting = new CountingThreads(plan, threads)
  const allBytes = bytesOf(plan)
  let last = totals(local)
  const stop = top(
    local,
    tableOptions(plan, counting, () => (allBytes > 0 ? last.bytes / allBytes : 1)),
  )
  while (!counting.isDone) {
    await setTimeout(READ_MS)
    last = decreaseCheck.check(totals(local))
    if (wantsCrash && last.bytes >= CRASH_SHARE * allBytes) counting.terminateOne()
  }
  last = decreaseCheck.check(totals(local))
  stop()
  const retired = totals(local, 'retired')
  await counting.end()
  return { last, retired, crash: counting.crash }
}

/** Counts everything again and compares. Returns the number of figures that differ. */
async function verify(plan: Plan, last: Totals<LiveSchema>): Promise<number> {
  const started = performance.now()
  const recounted = await recount(plan, share => {
    status(`counting again in one thread, in another way: ${percent(share)}`)
  })
  status(undefined)
  const time = seconds((performance.now() - started) / 1000)
  print(`counted again in ${time} by one thread, in another way:`)
  const { lines, differences } = compare(last, recounted, process.stdout.columns || 80)
  for (const { text, style } of lines) print(text, style)
  if (differences === 0) print('all figures are equal', 'green')
  else print(`${plural(differences, 'figure')} differ; was a file changed in the meantime?`, 'red')
  return differences
}

function describe({ files, binary, unreadable, tooLarge }: Listing, folder: string): string {
  const bytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const others = Object.entries({ binary, unreadable, 'too large': tooLarge })
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${whole(count)} ${kind}`)
  const skipped = others.length > 0 ? `; skipped: ${others.join(', ')}` : ''
  return `${printable(folder)}: ${whole(files.length)} text files, ${megabytes(bytes)} MB${skipped}`
}

function describeCrash(plan: Plan, { crash, retired }: Outcome): void {
  if (crash === undefined) {
    print('no thread was terminated, because the count was too short; use a larger folder or more --passes')
    return
  }
  // A terminal still shows this line, below the table.
  if (!process.stdout.isTTY) print(crashLine(crash, plan, Number.POSITIVE_INFINITY))
  const { files, bytes } = retired
  print(
    `retired with thread ${crash.threadId} and still in every total: ${whole(files)} files, ${megabytes(bytes)} MB`,
  )
}
