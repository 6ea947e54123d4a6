// What must hold of a cluster: Prometheus finds all processes, and what they did stays exact when one of them is killed.
import * as assert from 'uvu/assert'
import { whole } from '../../../tools/format.js'
import { alignColumns } from '../../support/align-columns.js'
import type { Checklist } from './checklist.js'
import type { ClusterResults } from './measure-cluster.js'
import type { CounterReading } from './query-counter.js'

export function checkCluster(checklist: Checklist, results: ClusterResults): void {
  const { time, trueCounts, readings, up, sums, betweenScrapes, areFilesLeft } = results
  const expected = sum(trueCounts)
  const counts = readings.map(({ counter }) => counter)

  checklist.check('Prometheus has found all processes by their files, and has what each of them did', () => {
    assert.ok(counts.length === 3 && Math.min(...counts) > 0, `${counts}`)
    assert.equal(counts, trueCounts)
  })
  checklist.check('it reports one of them as down, which was killed', () => {
    assert.equal(up, [0, 1, 1])
  })
  checklist.check('the sum of last_over_time() is what all of them did', () => {
    assert.is(sums.last, expected)
  })
  checklist.check('the increase() of each, up to its last scrape, is what it did', () => {
    assert.equal(
      readings.map(({ increase }) => increase),
      trueCounts,
    )
    assert.is(sum(readings.map(({ resets }) => resets)), 0)
  })
  checklist.check('the sum of increase() at one time exceeds it by what Prometheus extrapolates', () => {
    const extrapolated = sum(readings.map(reading => reading.counter * extrapolationUntil(time, reading)))
    assert.ok(sums.increase > expected, `${sums.increase}`)
    assert.ok(Math.abs(sums.increase / extrapolated - 1) < 1e-9, `${sums.increase}, ${extrapolated}`)
  })
  checklist.check('the sum of the present values lacks the killed process', () => {
    assert.is(sums.current, sum(trueCounts.slice(1)))
  })
  checklist.check('only what a process did after its last scrape is lost when it is killed', () => {
    const lost = sum(betweenScrapes.trueCounts) - expected
    assert.ok(lost > 0, `${lost}`)
    assert.is(betweenScrapes.last, expected)
  })
  checklist.check('a process that is killed leaves its file, and one that exits removes it', () => {
    assert.equal(areFilesLeft, [true, true, false])
  })
}

/**
 * The factor by which `increase()` exceeds the difference of the last sample and the first, which is 0. Prometheus extrapolates
 * to the end of the window. If that is further away than 1.1 times the mean interval, it takes half an interval instead: so it does
 * for a process that was killed.
 */
function extrapolationUntil(time: number, { samples }: CounterReading): number {
  const [first = 0, last = 0] = [samples[0]?.time, samples.at(-1)?.time]
  const meanInterval = (last - first) / (samples.length - 1)
  const untilEnd = time - last < 1.1 * meanInterval ? time - last : meanInterval / 2
  return (last - first + untilEnd) / (last - first)
}

export function clusterTable({ trueCounts, sums, readings, betweenScrapes }: ClusterResults): string {
  const expected = sum(trueCounts)
  const rowOf = (name: string, value: number, done = expected) => {
    const difference = value - done
    const share = `${difference > 0 ? '+' : ''}${((100 * difference) / done).toFixed(2)} %`
    return [name, whole(value), difference === 0 ? 'exact' : share]
  }
  const doneInAll = sum(betweenScrapes.trueCounts)
  return alignColumns([
    ['three processes, one killed', 'tasks', ''],
    ['what the tasks did', whole(expected), ''],
    rowOf('sum(last_over_time())', sums.last),
    rowOf('increase(), each to its end', sum(readings.map(({ increase }) => increase))),
    rowOf('sum(increase()), at one time', sums.increase),
    rowOf('sum() of present values', sums.current),
    ['another killed, between scrapes', whole(doneInAll), ''],
    rowOf('sum(last_over_time())', betweenScrapes.last, doneInAll),
  ])
}

const sum = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)
