/*
 * Faults to plant in the protocol: each is a small and plausible slip, in the source as it is written. A text that is not
 * there exactly once is an error, so that this list can't fall behind.
 */

export interface Mutation {
  /** A file of src/, without `.ts`. */
  readonly file: string
  /** What it takes to find it: a crash at some step, or other threads' operations there. */
  readonly foundBy: 'crash' | 'others'
  /** Each text, and what it becomes. */
  readonly edits: readonly (readonly [text: string, becomes: string])[]
}

const COMMIT = '    store32(memory, row + ROW_STATE, state)\n'
const CLEAR = '  if (load32(memory, row + ROW_VALUES_OF)) clearLive(memory, keys, row)\n'
const VALUES_OF = '  store32(memory, row + ROW_VALUES_OF, owner + 1)\n'
const COUNT = '  store32(memory, row + ROW_STATE, (state | COUNTED) + GENERATION)\n'
const CLAIM = '    if (swap64(memory, row, FREE, claim)) return row\n'
const COVER = '    swap32(memory, ROWS_USED, rowId, rowId + 1)\n'
const WRITE_RECORD = '    writeRecord(this.#memory, address, spec, startOf(spec, this.usedBytes))\n'
const PUBLISH = '    if (!swap32(this.#memory, directoryAddress(this.#keys.length), 0, recordId + 1)) {\n'

/** The setters of src/accessors.ts: the type of the value, that of the view, and what is stored. */
const SETTERS: { readonly [type: string]: readonly [value: string, view: string, stored: string] } = {
  i32: ['number', 'Int32Array', 'value | 0'],
  u32: ['number', 'Uint32Array', 'value >>> 0'],
  f32: ['number', 'Float32Array', 'value'],
  f64: ['number', 'Float64Array', 'value'],
  i64: ['bigint', 'BigInt64Array', 'BigInt.asIntN(64, value)'],
  u64: ['bigint', 'BigUint64Array', 'BigInt.asUintN(64, value)'],
}

const setterMutations = Object.entries(SETTERS).map(([type, [value, view, stored]]): [string, Mutation] => {
  const start = `  ${type}: (view: ${view}, index, present, keyId) => ({\n    get: () => view[index],\n    set: (value: ${value}) => {\n`
  const [store, use] = [`      view[index] = ${stored}\n`, '      present[keyId] = 1\n']
  return [
    `the setter of ${type} stores the present byte before the value`,
    { file: 'table/accessors', foundBy: 'crash', edits: [[start + store + use, start + use + store]] },
  ]
})

export const mutations: { readonly [name: string]: Mutation } = {
  'the state is stored before the live area is zeroed': {
    file: 'protocol/rows',
    foundBy: 'crash',
    edits: [
      [CLEAR, `${COUNT}${CLEAR}`],
      [`${VALUES_OF}${COUNT}`, VALUES_OF],
    ],
  },
  'the commit is missing': { file: 'protocol/rows', foundBy: 'crash', edits: [[COMMIT, '']] },
  'the commit comes before the bank is written': {
    file: 'protocol/rows',
    foundBy: 'crash',
    edits: [
      [
        '    // Every key that an earlier owner',
        `    store32(memory, row + ROW_STATE, (state ^ (BANK | COUNTED)) + GENERATION)\n    //`,
      ],
      [COMMIT, ''],
    ],
  },
  'the bank is not flipped': {
    file: 'protocol/rows',
    foundBy: 'crash',
    edits: [['state ^ (BANK | COUNTED)', 'state ^ COUNTED']],
  },
  'the active bank is written': {
    file: 'protocol/rows',
    foundBy: 'crash',
    edits: [['row, 1 - bank, key', 'row, bank, key']],
  },
  'the live area is not zeroed': { file: 'protocol/rows', foundBy: 'crash', edits: [[CLEAR, '']] },
  'only the values are zeroed, not the present bytes': {
    file: 'protocol/rows',
    foundBy: 'crash',
    edits: [
      ['let word = presentAddress(memory, row, LIVE, 0)', 'let word = blockAddress(memory, row, LIVE)'],
    ],
  },
  'valuesOf is not written': { file: 'protocol/rows', foundBy: 'crash', edits: [[VALUES_OF, '']] },
  'valuesOf stays what it was for the first owner': {
    file: 'protocol/rows',
    foundBy: 'crash',
    edits: [[VALUES_OF, `  if (load32(memory, row + ROW_VALUES_OF) === 0)\n  ${VALUES_OF}`]],
  },
  'the generation does not rise': {
    file: 'memory/layout',
    foundBy: 'others',
    edits: [['GENERATION = 4', 'GENERATION = 0']],
  },
  'the owner word is written after the state': {
    file: 'protocol/rows',
    foundBy: 'others',
    edits: [
      [CLAIM, '    return row\n'],
      [
        '  return row\n}\n\nfunction claimRow',
        '  swap64(memory, row, FREE, keys.claim)\n  return row\n}\n\nfunction claimRow',
      ],
    ],
  },
  'who attaches again gets another row': {
    file: 'protocol/rows',
    foundBy: 'crash',
    edits: [['ownerOf(load64(memory, row)) === owner)', 'ownerOf(load64(memory, row)) === -2)']],
  },
  'a row that names its owner is taken for ready': {
    file: 'protocol/rows',
    foundBy: 'crash',
    edits: [['if (!isOurs || !(load32(memory, row + ROW_STATE) & COUNTED)) ', 'if (!isOurs) ']],
  },
  'a row is claimed by a plain store': {
    file: 'protocol/rows',
    foundBy: 'others',
    edits: [[CLAIM, '    store64(memory, row, claim)\n    return row\n']],
  },
  'a row is covered after it is claimed': {
    file: 'protocol/rows',
    foundBy: 'crash',
    edits: [
      [COVER, ''],
      [CLAIM, `    const isOurs = swap64(memory, row, FREE, claim)\n${COVER}    if (isOurs) return row\n`],
    ],
  },
  'the present byte is stored before the init': {
    file: 'table/row',
    foundBy: 'crash',
    edits: [
      [
        '    this.#initialise(key)\n    Atomics.store(this.#present, key.keyId, 1)\n',
        '    Atomics.store(this.#present, key.keyId, 1)\n    this.#initialise(key)\n',
      ],
    ],
  },
  ...Object.fromEntries(setterMutations),
  'a slot that is in use is initialised again': {
    file: 'table/row',
    foundBy: 'crash',
    edits: [['    if (this.#present[key.keyId]) return\n', '']],
  },
  'there is no second load of the state': {
    file: 'protocol/fold',
    foundBy: 'others',
    edits: [['if (load32(memory, row + ROW_STATE) === state) {', 'if (state === state) {']],
  },
  'who has claimed a row counts as the one whose values it holds': {
    file: 'protocol/fold',
    foundBy: 'crash',
    edits: [['load32(memory, row + ROW_VALUES_OF) === owner + 1', 'owner !== -1']],
  },
  'the live area is read though it does not count': {
    file: 'protocol/fold',
    foundBy: 'crash',
    edits: [['const live = state & COUNTED ? ', 'const live = state !== -1 ? ']],
  },
  'a sum does not add up each row by itself': {
    file: 'protocol/fold',
    foundBy: 'others',
    edits: [
      [
        'rows.map(({ threadId, live, banked }) =>\n        foldElement(key, index, [',
        'rows.flatMap(({ threadId, live, banked }) =>\n        ([',
      ],
    ],
  },
  'a key is published before its record is written': {
    file: 'top/keys',
    foundBy: 'crash',
    edits: [
      [WRITE_RECORD, ''],
      [
        PUBLISH,
        `    const isOurs = swap32(this.#memory, directoryAddress(this.#keys.length), 0, recordId + 1)\n${WRITE_RECORD}    if (!isOurs) {\n`,
      ],
    ],
  },
  'a key is published by a plain store': {
    file: 'top/keys',
    foundBy: 'others',
    edits: [
      [
        PUBLISH,
        '    if (this.#memory.i32.fill(recordId + 1, directoryAddress(this.#keys.length) / 4, directoryAddress(this.#keys.length) / 4 + 1) && false) {\n',
      ],
    ],
  },
  'a record is kept though another thread has made the key': {
    file: 'top/keys',
    foundBy: 'others',
    edits: [['      swap64(this.#memory, address, this.claim, FREE)\n', '']],
  },
  'a record is given back though it is published': {
    file: 'top/keys',
    foundBy: 'crash',
    edits: [
      [
        PUBLISH,
        '    if (swap32(this.#memory, directoryAddress(this.#keys.length), 0, recordId + 1) || true) {\n',
      ],
    ],
  },
  'a release frees published records': {
    file: 'protocol/claims',
    foundBy: 'crash',
    edits: [['    claims.delete(recordAddress(memory, word - 1))\n', '']],
  },
  'a release leaves unpublished records': {
    file: 'protocol/claims',
    foundBy: 'crash',
    edits: [['recordId < recordsOf(memory); recordId++', 'recordId < 0; recordId++']],
  },
  'a release forgets who died with a thread': {
    file: 'protocol/claims',
    foundBy: 'crash',
    edits: [['if (claim >> 32n === parent) family.add(ownerOf(claim))', '{}']],
  },
  'a release frees parents before their children': {
    file: 'protocol/claims',
    foundBy: 'crash',
    edits: [['[...family].reverse()', '[...family]']],
  },
  'a release frees rows by a plain store': {
    file: 'protocol/claims',
    foundBy: 'others',
    edits: [['swap64(memory, address, claim, FREE)', 'memory.i64[address / 8] = FREE']],
  },
}
