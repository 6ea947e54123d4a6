/*
 * The instruments of a thread-local under OpenTelemetry's naming conventions.
 */
import { definitionOf, type Schema, type ThreadLocal } from '../index.js'
import { type Instrument, instrumentsOf } from './instruments.js'
import { checkNames, snakeCase } from './names.js'
import type { ExportOptions } from './options.js'

export interface NamedInstrument {
  readonly name: string
  readonly instrument: Instrument
}

/**
 * The instruments that an exporter wants, with their names: lower case, separated by dots, without the unit.
 * @param ownOptions the names of options that the exporter adds to those that all adapters share.
 * @throws {TypeError} as `instrumentsOf` does, or if OpenTelemetry doesn't accept a name.
 */
export function namedInstruments<S extends Schema>(
  local: ThreadLocal<S>,
  options: ExportOptions<S>,
  isWanted: (instrument: Instrument) => boolean,
  ownOptions: readonly string[] = [],
): NamedInstrument[] {
  const instruments = instrumentsOf(local, options, ownOptions).filter(isWanted)
  const { prefix = `${definitionOf(local).name.split('.').map(snakeCase).join('.')}.` } = options
  // A counter that is called `total` or `bytes` has no other word to its name.
  const named = instruments.map(instrument => ({
    name: prefix + (instrument.baseName || instrument.unit.suffix || 'total'),
    instrument,
  }))
  checkNames(
    named.map(({ name, instrument: { property } }) => ({ name, property, isValid: isName(name) })),
    'a letter, then letters, digits, _ . - and /, at most 255 in all',
  )
  return named
}

const isName = (name: string): boolean => /^[a-zA-Z][\w./-]{0,254}$/.test(name)
