/*
 * Numbers that are specific to this page.
 */
import { significant } from '../../tools/format.js'

/** Millions or billions to three digits, so that the width stays the same however large the number grows. */
export const large = (value: number): string =>
  value < 1e9 ? `${significant(value / 1e6)} M` : `${significant(value / 1e9)} G`
