/*
 * Units of measurement: which unit values are kept in, and which base unit they are exported in.
 */
import { internal } from '../index.js'
import { keyOption } from './options.js'

/** The unit that a key's values are exported in. */
export interface BaseUnit {
  /** The suffix of Prometheus names. Empty if values have no unit, or count things such as requests. */
  readonly suffix: string
  /** The unit in the notation of UCUM, which OpenTelemetry uses. */
  readonly ucum: string
  /** Exported values are the kept ones, divided by this. */
  readonly scale: number
  /** Words that name the kept unit at the end of a key's name. Exported names drop them. */
  readonly nameEndings: readonly string[]
}

const unit = (
  suffix: string,
  ucum: string,
  scale = 1,
  nameEndings: readonly string[] = [suffix],
): BaseUnit => ({
  suffix,
  ucum,
  scale,
  nameEndings,
})

const UNITS: { readonly [unit: string]: BaseUnit } = {
  seconds: unit('seconds', 's', 1, ['seconds', 's']),
  milliseconds: unit('seconds', 's', 1e3, ['milliseconds', 'ms']),
  microseconds: unit('seconds', 's', 1e6, ['microseconds', 'us']),
  nanoseconds: unit('seconds', 's', 1e9, ['nanoseconds', 'ns']),
  bytes: unit('bytes', 'By'),
  ratio: unit('ratio', '1'),
  percent: unit('ratio', '1', 100, ['percent']),
  celsius: unit('celsius', 'Cel'),
  meters: unit('meters', 'm'),
  volts: unit('volts', 'V'),
  amperes: unit('amperes', 'A'),
  joules: unit('joules', 'J'),
  grams: unit('grams', 'g'),
}

const NO_UNIT: BaseUnit = unit('', '')

/**
 * The base unit of a key's values.
 * @param lastWord the last word of the key's name.
 * @throws {TypeError} if the unit is unknown. Also if there is none, but the name ends in a unit that is converted, such as
 * milliseconds: the exported values would not be in the unit that their name promises.
 */
export function baseUnitOf(property: string, unit: string | undefined, lastWord: string): BaseUnit {
  const what = `the unit of '${property}'`
  if (unit === undefined) {
    const namedUnit = Object.keys(UNITS).find(unit => UNITS[unit]?.nameEndings.includes(lastWord))
    if (!namedUnit || UNITS[namedUnit]?.suffix === lastWord) return NO_UNIT
    const option = keyOption(property, `unit: '${namedUnit}'`)
    throw internal.wrongType(what, unit, `${option}, because its name ends in '${lastWord}'`)
  }
  if (/^\{[^{}]+\}$/.test(unit)) return { ...NO_UNIT, ucum: unit }
  return UNITS[internal.requireOneOf(what, unit, [...Object.keys(UNITS), '{things}'])] as BaseUnit
}
