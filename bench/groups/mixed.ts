/*
 * Several types and definitions in one process and in one function. V8 keeps what it has learned for each
 * place in the source. A library whose types share such a place becomes slow as soon as a program uses two of
 * them.
 */
import { oneFunction, sameNames } from '../contenders/definitions.js'
import { eachType, sevenAtOnce, severalPlaces } from '../contenders/types.js'
import type { Group, Scenario } from '../harness/group.js'
import type { Contender } from '../harness/meter.js'

const scenario = (table: string, column: string, contenders: () => Contender[]): Scenario => ({
  table,
  column,
  measure: meter => meter.race(contenders()),
})

export const group: Group = {
  name: 'mixed',
  question: 'Do types and definitions slow each other, in one process or in one function?',
  scenarios: [
    scenario('one type after all seven were used', 'x++', eachType),
    scenario('all seven types in one function', '7 updates', sevenAtOnce),
    scenario('an f64 at several places of a program', 'whole numbers', severalPlaces),
    scenario('definitions with the same names', 'x++', sameNames),
    ...[1, 4, 16].map(count =>
      scenario('definitions through one function', String(count), () => oneFunction(count)),
    ),
  ],
}
