/*
 * A live demonstration: threads count the text files of a folder, each in one synchronous run, into their own slots;
 * this one reads all slots, ten times a second and more, and draws. At the end it counts again, alone, and compares.
 */
import { setTimeout } from 'node:timers/promises'
import { sampler, totals } from 'threadslots'
import { HELP, type Options, parseOptions, USAGE } from './arguments.js'
import { local } from './counters.js'
import { Crew } from './crew.js'
import { type Listing, listTextFiles } from './files.js'
import { megabytes, percent, printable, seconds, whole } from './format.js'
import { camera, type Picture } from './picture.js'
import { bytesOf, type Plan } from './plan.js'
import { recount } from './recount.js'
import { compare } from './report.js'
import { screenFor } from './screen.js'
import { Watch } from './watch.js'

const READ_MS = 5
/** Where --crash strikes: enough is done for the dead thread to leave something, and enough is left to do. */
const CRASH_SHARE = 1 / 3

const screen = screenFor(process.stdout)
const watch = new Watch()

const options = readOptions()
if (options !== undefined) await demonstrate(options)

function readOptions(): Options | undefined {
  try {
    const options = parseOptions(process.argv.slice(2))
    if (options === undefined) screen.print(HELP)
    return options
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`)
    process.exitCode = 2
    return undefined
  }
}

async function demonstrate({ folder, threads, passes, crash }: Options): Promise<void> {
  const listing = await listTextFiles(folder, files => {
    screen.status(`looking for text files: ${whole(files)}`)
  })
  screen.status(undefined)
  screen.print(describe(listing, folder))
  if (listing.files.length === 0) return screen.print('nothing to count')
  const plan: Plan = { files: listing.files, passes }
  const last = await count(plan, threads, crash)
  screen.print('')
  if (crash) screen.print(describeCrash(last))
  const went = watch.falls === 0 ? 'no total ever went down' : `a total went down ${watch.falls} times`
  screen.print(`${went} in ${whole(watch.readings)} readings`, watch.falls === 0 ? 'reset' : 'red')
  const differences = await prove(plan, last)
  if (differences > 0 || watch.falls > 0) process.exitCode = 1
}

/** Draws while the threads count. Returns the last picture, with the rates of the whole time. */
async function count(plan: Plan, threads: number, wantsCrash: boolean): Promise<Picture> {
  const sample = sampler(local)
  const take = camera(plan)
  const crew = new Crew(plan, threads)
  const crashBytes = wantsCrash ? CRASH_SHARE * bytesOf(plan) : Number.POSITIVE_INFINITY
  let nextDraw = performance.now() + screen.intervalMs
  while (!crew.isDone) {
    await setTimeout(READ_MS)
    const { bytes } = watch.look(totals(local))
    if (bytes >= crashBytes) crew.terminateOne()
    if (performance.now() < nextDraw) continue
    nextDraw = performance.now() + screen.intervalMs
    screen.show(take(crew.crash))
  }
  const last = { ...take(crew.crash), rates: sample().rates }
  watch.look(last.totals)
  screen.finish(last)
  await crew.dismiss()
  return last
}

/** Counts again, and compares. Returns how many figures are different. */
async function prove(plan: Plan, { totals }: Picture): Promise<number> {
  const started = performance.now()
  const recounted = await recount(plan, share => {
    screen.status(`counting again, in one thread and in another way: ${percent(share)}`)
  })
  screen.status(undefined)
  const time = seconds((performance.now() - started) / 1000)
  screen.print(`counted again in ${time}, by one thread and in another way:`)
  const { lines, differences } = compare(totals, recounted, process.stdout.columns || 80)
  for (const { text, style } of lines) screen.print(text, style)
  if (differences === 0) screen.print('all figures are equal', 'green')
  else screen.print(`${differences} figures are different; has a file changed meanwhile?`, 'red')
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

function describeCrash({ crash, retired }: Picture): string {
  if (crash === undefined) {
    return 'no thread was terminated: all was counted before; take a larger folder, or more --passes'
  }
  const { files, bytes } = retired
  return `retired with thread ${crash.threadId}, and in every total: ${whole(files)} files, ${megabytes(bytes)} MB`
}
