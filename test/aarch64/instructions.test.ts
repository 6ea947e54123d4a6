// What V8 makes of accesses to shared memory on AArch64. The order of accesses that the protocol needs rests on these
// instructions, and no test in an emulator could show it: an emulator on x86-64 orders more than AArch64 does.
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { inPath } from '../../tools/debian.js'
import { RUNTIME } from '../../tools/testing/runtime.js'
import { skipIf } from '../../tools/testing/skip.js'
import { builtinCode, DISASSEMBLER, type Instruction, isOrdering, optimizedCode } from './listings.js'

const isHere = process.platform === 'linux' && process.arch === 'arm64' && RUNTIME === 'node'
const isKnown = isHere && process.versions.node.startsWith('22.')
const elsewhere = isHere ? undefined : 'it reads the machine code of Node for Linux on AArch64'
const testBuiltin = skipIf(elsewhere ?? (inPath(DISASSEMBLER) ? undefined : `it needs ${DISASSEMBLER}`))
// Other versions choose other registers and other forms of addresses.
const testSample = skipIf(elsewhere ?? (isKnown ? undefined : 'its patterns fit the code of Node 22'))

const samples = isKnown
  ? optimizedCode(join(import.meta.dirname, 'samples.js'), 'sample')
  : new Map<string, Instruction[]>()

/** The instructions that order accesses to memory, each once, sorted. */
const orderingIn = (code: readonly Instruction[]): string[] =>
  [...new Set(code.filter(isOrdering).map(({ mnemonic }) => mnemonic))].sort()

// Loops of a load-acquire and a store-release. Accesses before the loop stay before the store, and those behind it stay
// behind the load; but a plain store behind it may overtake the store.
const LOOP = ['ldaxr', 'ldaxrb', 'ldaxrh', 'stlxr', 'stlxrb', 'stlxrh']
const BUILTINS: { readonly [method: string]: readonly string[] } = {
  // Load-acquire: whatever is behind it stays behind it, and it stays behind any earlier stlr.
  Load: ['ldar', 'ldarb', 'ldarh'],
  // Store-release: whatever is before it stays before it.
  Store: ['stlr', 'stlrb', 'stlrh'],
  Add: LOOP,
  CompareExchange: LOOP,
  Or: LOOP,
}
for (const [method, instructions] of Object.entries(BUILTINS)) {
  testBuiltin(`Atomics' ${method} orders memory by ${instructions.join(', ')}`, () => {
    const code = builtinCode(`Atomics${method}`)
    assert.equal(orderingIn(code), instructions)
  })
}

testSample(
  'an increment is a plain load and a plain store, and a plain store of the byte that marks it as used',
  () => {
    const code = samples.get('sampleIncrement') ?? []
    assert.equal(orderingIn(code), [])
    // Other accesses, which are the engine's, have an offset.
    const accesses = code.filter(({ operands }) => /^w\d+, \[x\d+\]$/.test(operands))
    assert.equal(
      accesses.map(({ mnemonic }) => mnemonic),
      ['ldr', 'str', 'strb'],
    )
  },
)

testSample('a value is loaded plainly, between the atomic accesses that stand before and behind it', () => {
  const code = samples.get('sampleRead') ?? []
  assert.equal(orderingIn(code), [])
  const isElement = ({ operands }: Instruction) => /^w\d+, \[x\d+, x\d+\]$/.test(operands)
  const steps = code.flatMap(instruction =>
    isElement(instruction) ? instruction.mnemonic : (instruction.callee ?? []),
  )
  assert.equal(steps, ['load', 'ldr', 'store', 'load', 'load'])
})

test.run()
