/*
 * What the series of a counter or a gauge show.
 */
import type { Instrument } from './instruments.js'
import { MonotonicSum } from './monotonic.js'

/** The values of one element of a key, divided into series. Undefined: there is no value. */
export interface DividedValue {
  /** The values of running threads, by place. Empty if threads aren't exported separately. */
  readonly places: readonly (number | undefined)[]
  /** All other threads' value. */
  readonly rest: number | undefined
}

/** The series of one element of an instrument. They remember what they have shown. */
export interface ElementSeries {
  /** The place's thread has ended: its value is part of the rest from now on. */
  placeFreed?(place: number): void
  /** Takes the next reading, and returns what to export. */
  update(reading: DividedValue): DividedValue
}

export function elementSeries({ kind, key: { fold, type } }: Instrument): ElementSeries {
  return kind === 'counter'
    ? new CounterSeries()
    : new GaugeSeries(fold === 'sum', NO_VALUE[`${fold} ${type}`])
}

/** Counts each increment in the series that first showed it. */
class CounterSeries implements ElementSeries {
  readonly #places: MonotonicSum[] = []
  readonly #rest = new MonotonicSum()
  /** The part of the rest that places have already counted, while its threads ran. */
  #countedInPlaces = 0

  placeFreed(place: number): void {
    this.#countedInPlaces += this.#places[place]?.restart() ?? 0
  }

  update({ places, rest = 0 }: DividedValue): DividedValue {
    places.forEach((value, place) => {
      if (value === undefined) return
      this.#places[place] ??= new MonotonicSum()
      this.#places[place].update(value)
    })
    return {
      places: this.#places.map(({ value }) => value),
      rest: this.#rest.update(rest - this.#countedInPlaces),
    }
  }
}

class GaugeSeries implements ElementSeries {
  readonly #isSum: boolean
  readonly #noValue: number | undefined
  /** Places that have ever had a value. */
  readonly #usedPlaces = new Set<number>()

  constructor(isSum: boolean, noValue: number | undefined) {
    this.#isSum = isSum
    this.#noValue = noValue
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
    // The value of an ended thread is now part of the rest. Some readers keep the last value of a series that they no longer
    // get, so a sum's place has to say 0, or its value would count twice.
    return existing ?? (this.#isSum && this.#usedPlaces.has(place) ? 0 : undefined)
  }

  #existing(value: number | undefined): number | undefined {
    return value !== this.#noValue && Number.isFinite(value) ? value : undefined
  }
}

/**
 * The minimum or maximum over no values, by fold and type: the fold's identity. Floats are missing because their identities
 * are infinite, which isn't a value either. Maxima of unsigned integers are missing because theirs is 0, a valid value.
 */
const NO_VALUE: { readonly [foldAndType: string]: number } = {
  'min i32': 2 ** 31 - 1,
  'min u32': 2 ** 32 - 1,
  'min i64': 2 ** 63,
  'min u64': 2 ** 64,
  'max i32': -(2 ** 31),
  'max i64': -(2 ** 63),
}
