/*
 * The table in docs/memory-model.md, made from the verdicts of the models.
 */
import { arm } from './arm.js'
import { ecmascript } from './ecmascript.js'
import type { Operation, Thread } from './events.js'
import { isPossible, type Model } from './executions.js'
import { LITMUS_FOLDER } from './litmus-files.js'
import { type Shape, shapes } from './shapes.js'
import { x86 } from './x86.js'

export const MEMORY_MODEL_PAGE = 'docs/memory-model.md'

/** The command that writes the table and the litmus files. */
export const COMMAND = 'npm run docs'

const START = '<!-- table: written by `npm run docs` from test/memory-model/ -->\n'
const END = '\n<!-- end of table -->'

/** The same threads with atomic accesses alone. */
const atomically = (operations: Thread): Thread =>
  operations.map((operation): Operation => {
    if (operation.kind === 'when') return { ...operation, operations: atomically(operation.operations) }
    return operation.kind === 'load' || operation.kind === 'store'
      ? { ...operation, isAtomic: true }
      : operation
  })

function rowOf({ name, never, forbidden, needs, threads }: Shape): string {
  const complete = threads(() => true)
  const canBeSeen = (threads: readonly Thread[], model: Model) =>
    forbidden.some(outcome => isPossible(threads, outcome, model))
  const verdict = (threads: readonly Thread[], model: Model) =>
    canBeSeen(threads, model) ? 'possible' : 'impossible'
  const cells = [
    `[${name}](../${LITMUS_FOLDER}/${name}.litmus): ${never}`,
    verdict(complete, ecmascript),
    verdict(complete.map(atomically), ecmascript),
    verdict(complete, x86),
    verdict(complete, arm),
    needs
      .filter(need =>
        canBeSeen(
          threads(other => other !== need),
          arm,
        ),
      )
      .join('; '),
  ]
  return `| ${cells.join(' | ')} |`
}

/** The table: what is impossible, by the language and by the hardware. */
export const makeTable = (): string =>
  [
    '| what must never be seen | in ECMAScript | with atomic accesses alone | on x86 | on Arm | possible on Arm without any one of these |',
    '| --- | --- | --- | --- | --- | --- |',
    ...shapes.map(rowOf),
  ].join('\n')

/** The page, with its table as it should be. */
export function updatePage(page: string): string {
  const start = page.indexOf(START) + START.length
  return page.slice(0, start) + makeTable() + page.slice(page.indexOf(END))
}
