/*
 * The names under which a key's labels are exported.
 */
import { internal } from '../index.js'
import type { Instrument } from './instruments.js'
import { firstFree, underscored } from './names.js'
import type { ExportOptions } from './options.js'

/** Exported names, by the definition's names. */
export type LabelNames = ReadonlyMap<string, string>

/** What an adapter calls the labels that it adds itself. */
export interface AddedLabels {
  readonly index: string
  readonly thread: string
  readonly threadName: string
  /** Labels of a histogram's lines. */
  readonly histogram: readonly string[]
}

type ThreadOptions = Pick<ExportOptions<never>, 'perThread' | 'threadName'>

/** The labels that an adapter adds to an instrument. */
const addedTo = (
  { key, kind }: Instrument,
  { perThread, threadName }: ThreadOptions,
  added: AddedLabels,
): string[] =>
  kind === 'histogram'
    ? [...added.histogram]
    : [
        ...(key.length === undefined ? [] : [added.index]),
        ...(perThread ? [added.thread] : []),
        ...(threadName ? [added.threadName] : []),
      ]

/**
 * Names for the labels of an instrument's key.
 * @param rename makes a name that the metrics system accepts. Default: the label's own name.
 * @throws {TypeError} if a label gets the name of another one, or of one that the adapter adds.
 */
export function labelNamesOf(
  instrument: Instrument,
  options: ThreadOptions,
  added: AddedLabels,
  rename: (label: string) => string = label => label,
): LabelNames {
  const { property, key } = instrument
  const taken = addedTo(instrument, options, added)
  const names = new Map<string, string>()
  for (const label of Object.keys(key.labels ?? {})) {
    const name = rename(label)
    if (taken.includes(name))
      throw internal.wrongType(`a label of '${property}'`, label, `a name other than ${taken.join(', ')}`)
    taken.push(name)
    names.set(label, name)
  }
  return names
}

/** Names for the labels of an instrument's key, all different and of letters, digits and `_`. It never throws. */
export function safeLabelNamesOf(instrument: Instrument, added: AddedLabels): LabelNames {
  const taken = new Set(addedTo(instrument, {}, added))
  const names = new Map<string, string>()
  for (const label of Object.keys(instrument.key.labels ?? {})) {
    const name = firstFree(
      n => underscored(n === 1 ? label : `${label}_${n}`),
      name => taken.has(name),
    )
    taken.add(name)
    names.set(label, name)
  }
  return names
}

/** Labels under their exported names. */
export const renameLabels = (
  labels: NonNullable<Instrument['key']['labels']>,
  names: LabelNames,
): { [name: string]: string } =>
  Object.fromEntries(Object.entries(labels).map(([label, value]) => [names.get(label) as string, value]))
