/*
 * A live demonstration: threads count the text files of a folder, each in one synchronous run, into their own slots;
 * this one reads all slots, two hundred times a second, and draws. At the end it counts again, alone, and compares.
 */
import { setTimeout } from 'node:timers/promises'
import { type Totals, totals } from 'threadslots'
import { top } from 'threadslots/top'
import { readCommandLine } from '../../tools/command-line.js'
import { megabytes, percent, printable, seconds, whole } from '../../tools/format.js'
import { HELP, type Options, parseOptions, USAGE } from './arguments.js'
import { type LiveSchema, local } from './counters.js'
import { type Crash, Crew } from './crew.js'
import { type Listing, listTextFiles } from './files.js'
import { bytesOf, type Plan } from './plan.js'
import { recount } from './recount.js'
import { compare } from './report.js'
import { print, status } from './screen.js'
import { obituary, viewOf } from './view.js'
import { Watch } from './watch.js'

const READ_MS = 5
/** Where --crash strikes: enough is done for the dead thread to leave something, and enough is left to do. */
const CRASH_SHARE = 1 / 3

interface Outcome {
  readonly last: Totals<LiveSchema>
  /** What dead threads left. */
  readonly retired: Totals<LiveSchema>
  /** Undefined if there was none. */
  readonly crash: Crash | undefined
}

const watch = new Watch()

const options = readCommandLine(parseOptions, HELP, USAGE)
if (options !== undefined) await demonstrate(options)

async function demonstrate({ folder, threads, passes, crash }: Options): Promise<void> {
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
  const went = watch.falls === 0 ? 'no total ever went down' : `a total went down ${watch.falls} times`
  print(`${went} in ${whole(watch.readings)} readings`, watch.falls === 0 ? 'reset' : 'red')
  const differences = await prove(plan, outcome.last)
  if (differences > 0 || watch.falls > 0) process.exitCode = 1
}

/** Shows a table while the threads count. Returns the last totals, and how a thread died. */
async function count(plan: Plan, threads: number, wantsCrash: boolean): Promise<Outcome> {
  const crew = new Crew(plan, threads)
  const allBytes = bytesOf(plan)
  let last = totals(local)
  const stop = top(
    local,
    viewOf(plan, crew, () => (allBytes > 0 ? last.bytes / allBytes : 1)),
  )
  while (!crew.isDone) {
    await setTimeout(READ_MS)
    last = watch.look(totals(local))
    if (wantsCrash && last.bytes >= CRASH_SHARE * allBytes) crew.terminateOne()
  }
  last = watch.look(totals(local))
  stop()
  const retired = totals(local, 'retired')
  await crew.dismiss()
  return { last, retired, crash: crew.crash }
}

/** Counts again, and compares. Returns how many figures are different. */
async function prove(plan: Plan, last: Totals<LiveSchema>): Promise<number> {
  const started = performance.now()
  const recounted = await recount(plan, share => {
    status(`counting again, in one thread and in another way: ${percent(share)}`)
  })
  status(undefined)
  const time = seconds((performance.now() - started) / 1000)
  print(`counted again in ${time}, by one thread and in another way:`)
  const { lines, differences } = compare(last, recounted, process.stdout.columns || 80)
  for (const { text, style } of lines) print(text, style)
  if (differences === 0) print('all figures are equal', 'green')
  else print(`${differences} figures are different; has a file changed meanwhile?`, 'red')
  return differences
}

function describe({ files, binary, unreadable, tooLarge }: Listing, folder: string): string {
  const bytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const others = Object.entries({ binary, unreadable, 'too large': tooLarge })
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${whole(count)} ${kind}`)
  const passedOver = others.length > 0 ? `; passed over: ${others.join(', ')}` : ''
  return `${printable(folder)}: ${whole(files.length)} text files, ${megabytes(bytes)} MB${passedOver}`
}

function describeCrash(plan: Plan, { crash, retired }: Outcome): void {
  if (crash === undefined) {
    print('no thread was terminated: all was counted before; take a larger folder, or more --passes')
    return
  }
  // A terminal still shows it, below the table.
  if (!process.stdout.isTTY) print(obituary(crash, plan, Number.POSITIVE_INFINITY))
  const { files, bytes } = retired
  print(
    `retired with thread ${crash.threadId}, and in every total: ${whole(files)} files, ${megabytes(bytes)} MB`,
  )
}
