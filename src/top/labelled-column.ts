/*
 * The columns of a labelled key: one for all its children together and, while that is expanded, one for each child.
 */
import { internal, type LabelledReading } from '../index.js'
import { Column, type ShownField, type ShownKey, type TopColumn } from './column.js'
import { NO_VALUE } from './format.js'
import { type NamedValues, type TopReading, valueIn } from './reading.js'
import { printable, truncate } from './text.js'

type Labels = NonNullable<ShownKey['labels']>
type Reading = LabelledReading<Labels, unknown>

/** A labelled key's children so far, in the order in which they were created, which the overflow child begins. */
export type Family = () => readonly Pick<ShownKey, 'labels'>[]

/** Label values are no wider than this in headings. */
const MAX_LABEL_WIDTH = 20

const readingIn = (row: NamedValues, name: string): Reading | undefined =>
  valueIn(row, name) as Reading | undefined

/** All children of a labelled key together. */
export class LabelledColumn extends Column {
  isExpanded: boolean
  /** What the column is called in sentences. */
  title: string
  /** The names of the labels. */
  readonly labelNames: readonly string[]
  readonly #field: ShownField
  readonly #options: TopColumn<never>
  readonly #family: Family
  /** As the family lists them. */
  readonly #children: ChildColumn[] = []
  #hasOverflowed = false

  constructor(field: ShownField, options: TopColumn<never>, family: Family) {
    const [name, key] = field
    // The number of children is not a value to format.
    super(field, key.fold === 'none' ? { ...options, format: String } : options)
    this.isExpanded = options.expanded ?? false
    this.title = options.heading ?? name
    this.labelNames = Object.keys(key.labels as Labels)
    this.#field = field
    this.#options = options
    this.#family = family
  }

  override get heading(): string {
    return `${this.plainHeading} ${this.isExpanded ? '▾' : '▸'}`
  }

  override rename(title: string): void {
    super.rename(title)
    this.title = title
  }

  override valueIn(row: NamedValues): unknown {
    const [name, key] = this.#field
    const reading = readingIn(row, name)
    return reading && foldOf(key, reading)
  }

  override resetWidth(): void {
    super.resetWidth()
    for (const child of this.#children) child.resetWidth()
  }

  /**
   * A column for each child, in the order in which they were created. New ones come after the others, so that those
   * keep their places. Only the overflow child is always the last, once anything is counted in it.
   */
  children({ threads, totals }: TopReading): readonly Column[] {
    const [, key] = this.#field
    for (const { labels } of this.#family().slice(this.#children.length))
      this.#children.push(new ChildColumn(this.#field, this.#options, labels as Labels))
    const [overflow, ...others] = this.#children as [ChildColumn, ...ChildColumn[]]
    const rows: readonly NamedValues[] = key.fold === 'none' ? threads : [totals]
    this.#hasOverflowed ||= rows.some(row => overflow.valueIn(row) !== undefined)
    return this.#hasOverflowed ? [...others, overflow] : others
  }
}

/** One child of a labelled key. */
class ChildColumn extends Column {
  readonly #labels: Labels

  constructor(field: ShownField, options: TopColumn<never>, labels: Labels) {
    const values = Object.values(labels).map(value => truncate(printable(value), MAX_LABEL_WIDTH))
    super(field, { ...options, heading: values.map(value => value || NO_VALUE).join(' ') })
    this.#labels = labels
  }

  override valueIn(row: NamedValues): unknown {
    return readingIn(row, this.name)?.get(this.#labels)
  }
}

/** The values of all children as one. Values that don't fold are counted. */
function foldOf({ type, fold }: ShownKey, reading: Reading): unknown {
  if (fold === 'sum') return reading.sum
  if (fold === 'none') return `${reading.length} ${reading.length === 1 ? 'value' : 'values'}`
  // As in other folds, NaN is never chosen.
  const choose = (a: number, b: number) => ((fold === 'min' ? b < a : b > a) ? b : a)
  return Array.from(reading, ({ value }) => value as number | Float64Array).reduce(
    (all, value) =>
      typeof value === 'object'
        ? value.map((element, i) => choose(typeof all === 'object' ? (all[i] as number) : all, element))
        : choose(all as number, value),
    internal.identityOf(type, fold) as number,
  )
}
