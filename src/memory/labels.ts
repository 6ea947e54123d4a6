/*
 * Labels, as far as the core knows them: what tells the children of a labelled key apart.
 */

/** A child's labels: their values by their names, in the definition's order. */
export type Labels = { readonly [label: string]: string }

/** The value of all labels of the overflow child, which counts what has no child of its own. */
export const OTHER = 'other'

/** Labels of type `L` as readings tell them: strings, and `other` where values are listed. */
export type LabelsRead<L> = { readonly [N in keyof L]: string extends L[N] ? string : L[N] | typeof OTHER }

/**
 * The values of a labelled key's children, whose labels are of type `L`: an array in the order of their creation. The overflow
 * child comes last, if it has counted anything. The sum over all children is of type `S`.
 */
export interface LabelledReading<L, V, S = V>
  extends ReadonlyArray<{ readonly labels: LabelsRead<L>; readonly value: V }> {
  /** The value of the child with these labels; undefined if there is none. */
  get(labels: L | LabelsRead<L>): V | undefined
  /** The sum over all children. Undefined if the key's fold isn't `sum`. */
  readonly sum: S | undefined
  /**
   * What the children have grown by since an earlier reading of the same key.
   * @internal
   */
  since(earlier: LabelledReading<L, V, S>): LabelledReading<L, V, S>
  /**
   * Such a growth per second.
   * @internal
   */
  perSecond(seconds: number): LabelledReading<L, V, S>
}
