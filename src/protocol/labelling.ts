/*
 * What `threadslots/labels` adds to the core: how a labelled key, which stands for many keys, is written and read. Only programs
 * that use labels load it.
 */
import type { LabelledReading } from '../memory/labels.js'
import type { LabelledSpec, Reading } from '../memory/schema.js'
import type { FieldReader } from './fold.js'
import type { Field, Key, KeyRegistry } from './keys.js'

/** A labelled key in this thread's row. */
export interface OwnFamily {
  readonly keys: KeyRegistry
  /** The overflow child. */
  readonly key: Key
  readonly spec: LabelledSpec
  /** The children that this thread has used. */
  used(): readonly Key[]
  /** This thread's handle of a child. Asking for it is the child's first use here. */
  handleOf(child: Key): { value: unknown }
}

/** A child of a labelled key, as far as a reading has to know it, and its value. */
export type LabelledChild = readonly [
  key: Pick<Key, 'keyId' | 'name' | 'family' | 'labels' | 'type' | 'fold' | 'retire'>,
  value: Reading,
]

export interface Labelling {
  /** What a thread-local of this thread has under a labelled key's name. */
  slots(family: OwnFamily): object
  /** Reads fields of which at least one is labelled. */
  reader(keys: KeyRegistry, fields: readonly Field[]): FieldReader
  /**
   * A reading of a labelled key's children in one thread, or of their folds.
   * @param key the overflow child.
   * @param children those that have values, in the order of their keys' ids: at least one.
   */
  reading(
    key: LabelledChild[0],
    spec: LabelledSpec,
    children: readonly LabelledChild[],
    isFold: boolean,
  ): LabelledReading<object, Reading>
  /** A getter that reads one thread's children, each with a getter of its own. */
  remote(
    keys: KeyRegistry,
    key: Key,
    spec: LabelledSpec,
    getterOf: (child: Key) => () => unknown,
  ): () => unknown
}

/** Undefined until `threadslots/labels` is loaded, without which no definition has labels. */
export let labelling: Labelling

/** Called by `threadslots/labels` when it is loaded. */
export function setLabelling(replacement: Labelling): void {
  labelling = replacement
}
