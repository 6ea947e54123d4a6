/*
 * The names under which a key's labels are exported.
 */
import { internal } from '../index.js'
import type { Instrument } from './instruments.js'
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

/**
 * Names for the labels of an instrument's key.
 * @param rename makes a name that the metrics system accepts. Default: the label's own name.
 * @throws {TypeError} if a label gets the name of another one, or of one that the adapter adds.
 */
export function labelNamesOf(
  { property, key, kind }: Instrument,
  { perThread, threadName }: Pick<ExportOptions<never>, 'perThread' | 'threadName'>,
  added: AddedLabels,
  rename: (label: string) => string = label => label,
): LabelNames {
  const taken =
    kind === 'histogram'
      ? [...added.histogram]
      : [
          ...(key.length === undefined ? [] : [added.index]),
          ...(perThread ? [added.thread] : []),
          ...(threadName ? [added.threadName] : []),
        ]
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

/** Labels under their exported names. */
export const renameLabels = (
  labels: NonNullable<Instrument['key']['labels']>,
  names: LabelNames,
): { [name: string]: string } =>
  Object.fromEntries(Object.entries(labels).map(([label, value]) => [names.get(label) as string, value]))
