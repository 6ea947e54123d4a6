/*
 * The block `pools` of docs/pool-example.md: tasks per second, what statistics cost, and what is left when threads die.
 */
import { DEATHS, TASKS } from '../contenders/pools/deaths.js'
import {
  BY_COUNTING,
  BY_SIZE,
  LOSS,
  LOSSES,
  NO_POOL,
  NOTHING,
  ONE_AT_A_TIME,
  OWN,
  POOLS,
  SIZES,
  SLOTS,
} from '../contenders/pools/names.js'
import type { Results } from '../harness/results.js'
import { figureAt, type Lookup } from './figures.js'
import { markdownTable } from './markdown.js'
import { measuredOn } from './measured-on.js'
import { range, ratios } from './ranges.js'

const at = (table: string, column: string, contender: string): Lookup =>
  figureAt('pools', table, column, contender)

export const poolsBlock = (results: readonly Results[]): string =>
  [
    `![Tasks per second by pool and size of the tasks, and what is left of ${TASKS} tasks while ${DEATHS} threads die](../bench/results/pools.svg)`,
    '',
    `Tasks per second, by what one takes: medians of ${measuredOn(results, ['pools'])}, from the least to the greatest of all versions of Node.`,
    '',
    ratesTable(results),
    '',
    'The processor time of all threads for one empty task without statistics, and what counting adds to it:',
    '',
    countingTable(results),
    '',
    `What is left of ${TASKS} tasks while ${DEATHS} threads exit or are terminated:`,
    '',
    lossesTable(results, LOSSES.exiting),
    '',
    `The same while ${DEATHS} threads throw outside of a task:`,
    '',
    lossesTable(results, LOSSES.throwing),
  ].join('\n')

function ratesTable(results: readonly Results[]): string {
  const columns = [...Object.keys(SIZES), ONE_AT_A_TIME]
  return markdownTable(
    ['', ...columns],
    [...POOLS, NO_POOL].map(pool => [
      pool,
      ...columns.map(column => cell(results, at(BY_SIZE.rate, column, pool), rounded)),
    ]),
  )
}

function countingTable(results: readonly Results[]): string {
  const time = (pool: string, column: string) => at(BY_COUNTING.processorTime, column, pool)
  const added = (pool: string, column: string) => {
    const factors = ratios(results, time(pool, column), time(pool, NOTHING))
    return factors.length > 0 ? range(factors, percent) : '–'
  }
  return markdownTable(
    ['', 'one task', OWN, SLOTS],
    POOLS.map(pool => [
      pool,
      cell(results, time(pool, NOTHING), microseconds),
      added(pool, OWN),
      added(pool, SLOTS),
    ]),
  )
}

function lossesTable(results: readonly Results[], table: string): string {
  const columns = Object.values(LOSS)
  const isMeasured = (pool: string) => results.some(at(table, LOSS.done, pool))
  return markdownTable(
    ['', ...columns],
    POOLS.filter(isMeasured).map(pool => [
      pool,
      ...columns.map(column => cell(results, at(table, column, pool), String)),
    ]),
  )
}

function cell(results: readonly Results[], lookup: Lookup, show: (value: number) => string): string {
  const values = results.flatMap(one => lookup(one)?.median ?? [])
  return values.length > 0 ? range(values, show) : '–'
}

/** To two digits: other work on the machine changes the third. */
const rounded = (value: number): string => Number(value.toPrecision(2)).toLocaleString('en-US')

const microseconds = (ns: number): string => `${(ns / 1000).toFixed(1)} µs`

const percent = (ratio: number): string => `${String(Math.round(100 * (ratio - 1))).replace('-', '−')} %`
