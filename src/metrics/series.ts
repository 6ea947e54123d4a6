/*
 * What the series of a counter or a gauge show.
 */
import { internal, type Key } from '../index.js'
import type { Kind } from './instruments.js'
import { MonotonicSum } from './monotonic.js'

/** The values of one element of a key, divided into series. Undefined: there is no value. */
export interface DividedValue {
  /** The values of running threads, by place. Empty if threads aren't exported separately. */
  readonly places: readonly (number | undefined)[]
  /** All other threads' value. Undefined also if a key doesn't keep the values of ended threads. */
  readonly rest: number | undefined
}

/** The series of one element of an instrument. They remember what they have shown. */
export interface ElementSeries {
  /**
   * The place's thread has left it: for the next place, if there is one. Otherwise it has ended, and its value is part of the
   * rest from now on.
   */
  placeFreed?(place: number, nextPlace: number | undefined): void
  /** Takes the next reading, and returns what to export. */
  update(reading: DividedValue): DividedValue
}

export const elementSeries = (kind: Kind, key: Key): ElementSeries =>
  kind === 'counter' ? new CounterSeries(key) : new GaugeSeries(key)

/** Counts each increment in the series that first showed it. */
class CounterSeries implements ElementSeries {
  readonly #key: Key
  readonly #places: MonotonicSum[] = []
  readonly #rest: MonotonicSum
  /** The part of the rest that places have already counted, while its threads ran. */
  #countedInPlaces = 0

  constructor(key: Key) {
    this.#key = key
    this.#rest = new MonotonicSum(key)
  }

  placeFreed(place: number, nextPlace: number | undefined): void {
    const counted = this.#places[place]?.restart() ?? 0
    if (nextPlace === undefined) this.#countedInPlaces += counted
    else this.#sumOf(nextPlace).restart(counted)
  }

  #sumOf(place: number): MonotonicSum {
    this.#places[place] ??= new MonotonicSum(this.#key)
    return this.#places[place]
  }

  update({ places, rest = 0 }: DividedValue): DividedValue {
    places.forEach((value, place) => {
      // NaN counts as 0, as in folds.
      if (value !== undefined) this.#sumOf(place).update(value || 0)
    })
    return {
      places: this.#places.map(({ value }) => value),
      rest: this.#rest.update(rest - this.#countedInPlaces),
    }
  }
}

class GaugeSeries implements ElementSeries {
  readonly #isSum: boolean
  /** The minimum or maximum over no values. */
  readonly #noValue: number | undefined
  /** Places that have ever had a value. */
  readonly #usedPlaces = new Set<number>()

  constructor({ fold, type }: Key) {
    this.#isSum = fold === 'sum'
    // 0 is where sums and maxima of unsigned integers start, but it is also a valid value.
    this.#noValue = Number(internal.identityOf(type, fold)) || undefined
  }

  update({ places, rest }: DividedValue): DividedValue {
    return {
      places: places.map((value, place) => this.#updatePlace(place, value)),
      rest: this.#existing(rest),
    }
  }

  #updatePlace(place: number, value: number | undefined): number | undefined {
    const existing = this.#existing(value)
    if (existing !== undefined) this.#usedPlaces.add(place)
    // The value of an ended thread is now part of the rest, or dropped. Some readers keep the last value of a series that they
    // no longer get, so a sum's place has to say 0, or the value would go on counting.
    return existing ?? (this.#isSum && this.#usedPlaces.has(place) ? 0 : undefined)
  }

  #existing(value: number | undefined): number | undefined {
    return value !== this.#noValue && Number.isFinite(value) ? value : undefined
  }
}
