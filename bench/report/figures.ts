/*
 * Finds figures in results, and compares them.
 */
import type { Figure, Place, Results, Run } from '../harness/results.js'
import { median } from '../harness/statistics.js'

/** Looks a figure up; undefined if it was not measured. */
export type Lookup = (results: Results) => Figure | undefined

export const figureAt =
  (group: string, table: string, column: string, contender: string): Lookup =>
  ({ figures }) =>
    figures.find(
      figure =>
        figure.group === group &&
        figure.table === table &&
        figure.column === column &&
        figure.contender === contender,
    )

/** The results at some places alone. Runtimes that have none are left out. */
export const selectPlaces = (all: readonly Results[], isWanted: (place: Place) => boolean): Results[] =>
  all
    .map(results => ({
      ...results,
      figures: results.figures.filter(isWanted),
      omissions: results.omissions.filter(isWanted),
    }))
    .filter(({ figures, omissions }) => figures.length + omissions.length > 0)

/** The run in which a group was measured. */
export const runOf = (results: Results, group: string): Run => results.later?.[group] ?? results

/** The median of the rounds' ratios. In a busy round both figures are high, and their ratio is not. */
export const ratioOf = (a: Figure, b: Figure): number =>
  median(a.rounds.map((value, i) => value / (b.rounds[i] ?? b.median)))

/** The median of the rounds' differences. */
export const differenceOf = (a: Figure, b: Figure): number =>
  median(a.rounds.map((value, i) => value - (b.rounds[i] ?? b.median)))
