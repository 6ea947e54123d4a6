/*
 * The shapes as litmus tests for herd7, in AArch64 assembly: so that others can check the verdicts with the field's own
 * tool, against Arm's own model. One file for each shape, and one for each of its needs that isn't met.
 */
import { arm } from './arm.js'
import {
  bytesOf,
  type Location,
  type Operation,
  type Outcome,
  type Place,
  type Thread,
  type Value,
} from './events.js'
import { isPossible, locationsOf } from './executions.js'
import { type Shape, shapes } from './shapes.js'

/** Where the files are, from the repository's root. */
export const LITMUS_FOLDER = 'test/memory-model/litmus'

/** The file of verdicts: whether the forbidden outcomes of each test are possible. */
export const VERDICTS = 'verdicts.txt'

/** How an instruction names its register, and its own suffix. */
interface Form {
  readonly width: 'X' | 'W'
  readonly suffix: string
}

const formOf = (place: Place): Form => ({
  width: bytesOf(place) === 8 ? 'X' : 'W',
  suffix: { 1: 'B', 2: 'H' }[bytesOf(place)] ?? '',
})

const WIDE = 'uint64_t '
const totalBytes = ({ pieceBytes }: Location) => pieceBytes.reduce((sum, bytes) => sum + bytes, 0)

/** Writes the assembly of one thread. Constants and addresses are in registers from the start. */
class Assembler {
  readonly lines: string[] = []
  /** What the registers contain at first, such as `0:X1=state`. */
  readonly initial: string[] = []
  /** What must be true in the end of every execution that counts: no store of an update has failed. */
  readonly conditions: string[] = []
  readonly #thread: number
  readonly #registers = new Map<string, number>()
  #labels = 0

  constructor(thread: number, operations: Thread) {
    this.#thread = thread
    for (const operation of operations) this.#write(operation)
  }

  /** The register of a value that is loaded, as conditions name it; undefined if this thread doesn't load it. */
  find(name: string): string | undefined {
    const register = this.#registers.get(name)
    return register === undefined ? undefined : `${this.#thread}:X${register}`
  }

  /** The number of a register, by what it contains. */
  #register(content: string, initial?: string | number, type = ''): number {
    const known = this.#registers.get(content)
    if (known !== undefined) return known
    const register = this.#registers.size
    this.#registers.set(content, register)
    if (initial !== undefined) this.initial.push(`${type}${this.#thread}:X${register}=${initial}`)
    return register
  }

  /** The register that a load puts its value into. herd7 cuts values off at 32 bits unless the register has a type. */
  #target = (name: string, { width }: Form) =>
    width === 'X' ? this.#register(name, 0, WIDE) : this.#register(name)

  #constant = (value: number) => this.#register(`=${value}`, value, value < 2 ** 32 ? '' : WIDE)

  /** The operand of an access: only a plain one may have an offset. */
  #address({ location, first }: Place, isPlain: boolean): string {
    const base = this.#register(`&${location.name}`, location.name)
    const byteOffset = bytesOf({ location, first: 0, count: first })
    if (byteOffset === 0) return `[X${base}]`
    if (isPlain) return `[X${base},#${byteOffset}]`
    const address = this.#register(`&${location.name}+${byteOffset}`)
    this.lines.push(`ADD X${address},X${base},#${byteOffset}`)
    return `[X${address}]`
  }

  /** The register of a value that is stored. */
  #value(value: Value): number {
    if (typeof value === 'number') return this.#constant(value)
    return value
      .map(name => this.#register(name))
      .reduce((sum, term) => {
        const next = this.#register(`X${sum}+X${term}`)
        this.lines.push(`ADD X${next},X${sum},X${term}`)
        return next
      })
  }

  /** A branch, taken unless a register has a value. Returns its label. */
  #branchUnless(register: string, equals: number): string {
    const label = `L${this.#thread}${this.#labels++}`
    const constant = this.#constant(equals)
    this.lines.push(`CMP X${this.#register(register)},X${constant}`, `B.NE ${label}`)
    return label
  }

  #write(operation: Operation): void {
    if (operation.kind === 'barrier') this.lines.push('DMB ISH')
    else if (operation.kind === 'when') {
      const label = this.#branchUnless(operation.register, operation.equals)
      for (const inner of operation.operations) this.#write(inner)
      this.lines.push(`${label}:`)
    } else if (operation.kind === 'update') this.#writeUpdate(operation)
    else {
      const { kind, place, isAtomic } = operation
      const form = formOf(place)
      const { width, suffix } = form
      const address = this.#address(place, !isAtomic)
      const name = kind === 'load' ? (isAtomic ? 'LDAR' : 'LDR') : isAtomic ? 'STLR' : 'STR'
      const register = kind === 'load' ? this.#target(operation.register, form) : this.#value(operation.value)
      this.lines.push(`${name}${suffix} ${width}${register},${address}`)
    }
  }

  /** An update as a pair of exclusives. Executions in which the store fails don't count, so there is no loop. */
  #writeUpdate({ place, register, expected, value }: Extract<Operation, { kind: 'update' }>): void {
    const form = formOf(place)
    const { width, suffix } = form
    const address = this.#address(place, false)
    this.lines.push(`LDAXR${suffix} ${width}${this.#target(register, form)},${address}`)
    const label = expected === undefined ? undefined : this.#branchUnless(register, expected)
    const status = this.#register(`status of ${register}`)
    this.lines.push(`STLXR${suffix} W${status},${width}${this.#value(value)},${address}`)
    this.conditions.push(`${this.#thread}:X${status}=0`)
    if (label) this.lines.push(`${label}:`)
  }
}

/** Columns of text, as herd7 wants them. */
function tableOf(columns: readonly (readonly string[])[]): string {
  const widths = columns.map(column => Math.max(...column.map(line => line.length)))
  const rows = Math.max(...columns.map(column => column.length))
  return Array.from({ length: rows }, (_, row) => {
    const cells = columns.map((column, i) => (column[row] ?? '').padEnd(widths[i] as number))
    return ` ${cells.join(' | ')} ;`
  }).join('\n')
}

function litmusOf(
  name: string,
  description: string,
  threads: readonly Thread[],
  forbidden: readonly Outcome[],
) {
  const assemblers = threads.map((operations, thread) => new Assembler(thread, operations))
  const declarations = [...locationsOf(threads.flat())].map(
    location => `uint${8 * totalBytes(location)}_t ${location.name}=${location.initial};`,
  )
  const registers = assemblers.flatMap(({ initial }) =>
    initial.length > 0 ? [`${initial.join('; ')};`] : [],
  )
  const conjunctions = forbidden.map(outcome => {
    const values = Object.entries(outcome).map(([name, value]) => {
      const register = assemblers.map(assembler => assembler.find(name)).find(Boolean)
      return `${register}=${value}`
    })
    return `(${[...values, ...assemblers.flatMap(({ conditions }) => conditions)].join(' /\\ ')})`
  })
  return [
    `AArch64 ${name}`,
    `"${description}"`,
    '{',
    ...declarations,
    ...registers,
    '}',
    tableOf(assemblers.map(({ lines }, thread) => [`P${thread}`, ...lines])),
    `exists (${conjunctions.join('\n     \\/ ')})`,
    '',
  ].join('\n')
}

const slugOf = (text: string) =>
  text
    .toLowerCase()
    .match(/[a-z0-9]+/g)
    ?.join('-')

/** A shape, and the same without each of its needs. */
function variantsOf({ name, never, needs, forbidden, threads }: Shape) {
  const variant = (name: string, description: string, threads: readonly Thread[]) => ({
    name,
    verdict: forbidden.some(outcome => isPossible(threads, outcome, arm)) ? 'possible' : 'never',
    text: litmusOf(name, description, threads, forbidden),
  })
  const complete = threads(() => true)
  return [
    variant(name, never, complete),
    ...needs.map(need => {
      const incomplete = threads(other => other !== need)
      return variant(`${name}+without+${slugOf(need)}`, `${never}, without ${need}`, incomplete)
    }),
  ]
}

/** The text of each file in the folder, by its name. */
export function litmusFiles(): Map<string, string> {
  const variants = shapes.flatMap(variantsOf)
  return new Map([
    ...variants.map(({ name, text }) => [`${name}.litmus`, text] as const),
    [
      VERDICTS,
      variants
        .map(({ name, verdict }) => `${name} ${verdict}\n`)
        .sort()
        .join(''),
    ],
  ])
}
