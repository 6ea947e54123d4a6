/*
 * Units of measurement: which unit values are kept in, and which base unit they are exported in.
 */
import { internal } from '../index.js'
import { snakeCase } from './names.js'
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

/** A Map, because a key's unit may be called `constructor`. */
const UNITS: ReadonlyMap<string, BaseUnit> = new Map(
  Object.entries({
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
  }),
)

const NO_UNIT: BaseUnit = unit('', '')

/** The things that a key counts, in UCUM's notation: `{request}`. */
const THINGS = /^\{[^{}]+\}$/

const isKnown = (unit: string): boolean => UNITS.has(unit) || THINGS.test(unit)

/**
 * The base unit of a key's values: that of the option `unit`, or else that of the key.
 * @param lastWord the last word of the key's name.
 * @throws {TypeError} if the option is not a known unit, or another one than the key's. Also if there is no unit at all, but
 * the name ends in one that is converted, such as milliseconds: the exported values would not be in the unit that their name
 * promises.
 */
export function baseUnitOf(
  property: string,
  option: string | undefined,
  keyUnit: string | undefined,
  lastWord: string,
): BaseUnit {
  const what = `the unit of '${property}'`
  if (option !== undefined) {
    if (!isKnown(option)) internal.requireOneOf(what, option, [...UNITS.keys(), '{things}'])
    // A unit that we don't know is translated by the option.
    if (keyUnit !== undefined && keyUnit !== option && isKnown(keyUnit))
      throw internal.wrongType(what, option, `'${keyUnit}', as the key's definition does, or leave it out`)
  }
  const unit = option ?? keyUnit
  if (unit === undefined) {
    const [namedUnit, base] = [...UNITS].find(([, { nameEndings }]) => nameEndings.includes(lastWord)) ?? []
    if (!base || base.suffix === lastWord) return NO_UNIT
    const use = `unit: '${namedUnit}' in the definition, or ${keyOption(property, `unit: '${namedUnit}'`)}`
    throw internal.wrongType(what, unit, `${use}, because its name ends in '${lastWord}'`)
  }
  return baseOf(unit)
}

/** The base unit of a key that has this unit, whatever its name. */
export function baseOf(unit: string | undefined): BaseUnit {
  if (unit === undefined) return NO_UNIT
  if (THINGS.test(unit)) return { ...NO_UNIT, ucum: unit }
  return UNITS.get(unit) ?? otherUnit(unit)
}

/** A unit that we don't know, or know only by a short name such as `ms`. Any code may have defined the key. */
function otherUnit(name: string): BaseUnit {
  const known = [...UNITS.values()].find(({ nameEndings }) => nameEndings.includes(name))
  if (known) return known
  const suffix = snakeCase(name.replace(/[^\w]+/g, ' '))
  // In curly brackets, UCUM allows any text of ASCII without brackets and blanks.
  const text = name.replace(/[^!-z|~]+/g, '_')
  // Prometheus would take a gauge with such a suffix for a line of something else.
  return unit(/(^|_)(total|count|sum|bucket)$/.test(suffix) ? '' : suffix, `{${text}}`)
}
