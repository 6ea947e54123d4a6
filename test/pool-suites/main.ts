// `npm run test:pool-suites`: the tests of piscina and tinypool, from their own repositories, pass as well with this package loaded
// into every process and thread.
import { readCommandLine } from '../../tools/command-line.js'
import { ownVersion } from '../../tools/repository.js'
import { HELP, type PoolFolder, parseRequest, USAGE } from './arguments.js'
import { openCheckout, prepare, runTests } from './checkout.js'
import { comparePool, type PoolReport } from './compare-pool.js'
import { detailsOf, isClean, tableOf, verdictOn } from './report.js'

const request = readCommandLine(parseRequest, HELP, USAGE)
if (request) {
  try {
    await main(request)
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 2
  }
}

async function main(pools: readonly PoolFolder[]): Promise<void> {
  const log = (text: string) => console.log(text)
  const checkouts = pools.map(({ suite, folder }) => openCheckout(suite, folder))
  const reports: PoolReport[] = []
  for (const checkout of checkouts) {
    await prepare(checkout, log)
    log(checkout.title)
    const run = (isLoaded: boolean, files: readonly string[]) => runTests(checkout, isLoaded, files)
    const report = await comparePool(checkout.title, run, log)
    log(`${detailsOf(report)}\n`)
    reports.push(report)
  }
  log(
    `Node ${process.versions.node}, threadslots ${ownVersion}\n\n${tableOf(reports)}\n\n${verdictOn(reports)}`,
  )
  if (!reports.every(isClean)) process.exitCode = 1
}
