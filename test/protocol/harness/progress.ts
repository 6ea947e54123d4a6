/*
 * Test files that run on a copy of the library with a planted mutation: they stop at the first failure, and print a line
 * now and then, by which the parent process tells a slow run from one that hangs (mutation-runner.ts).
 */
import { test } from 'uvu'
import { settings } from '../../support/settings.js'

/** The environment variable that says that there is a mutation to be found. */
export const MUTATION_VARIABLE = 'STOP_AT_FIRST'
const hasMutation = settings[MUTATION_VARIABLE] !== undefined

/** The environment variable with a word in the names of the scenarios to run. */
export const SCENARIOS_VARIABLE = 'SCENARIOS'
const chosenScenarios = settings[SCENARIOS_VARIABLE] ?? ''

/** Starts the line that tells of a failure. */
export const FOUND = 'found: '

/** A machine under load takes about a second for this many schedules. */
const SCHEDULES_PER_LINE = 500
let schedules = 0

/** To be called once for each schedule. */
export function reportProgress(): void {
  if (hasMutation && ++schedules % SCHEDULES_PER_LINE === 0) console.log(`${schedules} schedules so far`)
}

/** Runs a part of the tests. Where a mutation is to be found, a failure ends the process, because one is enough. */
export function failingFast<T>(name: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!hasMutation) throw error
    console.log(`\n${FOUND}${name}: ${(error as Error).message}`)
    process.exit(1)
  }
}

/** uvu's `test`, failing fast; nothing if other scenarios were chosen. */
export function testFailingFast(name: string, run: () => void): void {
  if (!name.includes(chosenScenarios)) return
  test(name, () => failingFast(name, run))
}
