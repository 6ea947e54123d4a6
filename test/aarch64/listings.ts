// Reads listings of AArch64's machine code: V8's own of a function that it has optimized, and objdump's of a builtin.
import { readlinkSync } from 'node:fs'
import { runSync } from '../../tools/child-process.js'

export const DISASSEMBLER = 'aarch64-linux-gnu-objdump'

export interface Instruction {
  readonly mnemonic: string
  readonly operands: string
  /** The name of the function that it loads, to call it: for `Atomics.load`, 'load'. */
  readonly callee: string | undefined
}

/**
 * Runs a program, and returns the optimized code of each function whose name starts with a prefix.
 * @throws {Error} if the program fails.
 */
export function optimizedCode(program: string, prefix: string): Map<string, Instruction[]> {
  const flags = ['--print-opt-code', `--print-opt-code-filter=${prefix}*`]
  const { problem, stdout, stderr } = runSync(process.execPath, [...flags, program])
  if (problem !== undefined) throw new Error(`${program}: ${problem}: ${stderr}`)
  const listings = stdout.split('--- Optimized code ---').slice(1)
  return new Map(
    listings.map(text => {
      const [, name = ''] = text.match(/^name = (\w+)$/m) ?? []
      const [, body = ''] = text.match(/^Instructions \(size = \d+\)\n([\s\S]*?)\n\n/m) ?? []
      return [name, body.split('\n').flatMap(line => parse(/^0x\w+ +\w+ +\w{8} +(.*)$/, line))]
    }),
  )
}

/** The code of one of V8's builtins, such as `Atomics.load`: it is compiled together with Node, so it is in Node's file. */
export function builtinCode(name: string): Instruction[] {
  const node = readlinkSync('/proc/self/exe')
  const options = ['--no-show-raw-insn', `--disassemble=Builtins_${name}`]
  const { problem, stdout, stderr } = runSync(DISASSEMBLER, [...options, node])
  if (problem !== undefined) throw new Error(`${DISASSEMBLER}: ${problem}: ${stderr}`)
  return stdout.split('\n').flatMap(line => parse(/^ *[0-9a-f]+:\t(.*)$/, line))
}

function parse(pattern: RegExp, line: string): Instruction[] {
  const [text = '', comment] = line.match(pattern)?.[1]?.split(';;') ?? []
  const [, mnemonic, operands = ''] = text.trim().match(/^(\S+)\s*(.*)$/) ?? []
  if (mnemonic === undefined) return []
  return [{ mnemonic, operands, callee: comment?.match(/<JSFunction (\w+)/)?.[1] }]
}

/** A load or a store that orders nothing, of one register or two. */
const PLAIN = /^(ld|st)(p|u?r(s?[bhw])?)$/
/** Everything that accesses memory, and barriers. */
const ACCESS = /^(ld|st|cas|swp|dmb|dsb)/

/** Whether an instruction orders accesses to memory. */
export const isOrdering = ({ mnemonic }: Instruction): boolean =>
  ACCESS.test(mnemonic) && !PLAIN.test(mnemonic)
