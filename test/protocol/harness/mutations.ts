/*
 * Faults to plant in the protocol. Each is a small and plausible slip, and one of the test files must find it.
 *
 * To add one: name it after the fault, say in which file of src/ it is, which test file must find it, and how to edit
 * the source (source-edits.ts). If the source changes and an edit doesn't fit any more, mutations.test.ts fails and says
 * which fragment is missing in which file.
 */
import type { Edit, Fragment } from './source-edits.js'

export interface Mutation {
  /** A file of src/, without `.ts`. */
  readonly file: string
  /** The test file that must fail, without `.test.ts`. */
  readonly foundBy: 'cancel' | 'crashes' | 'operations' | 'sums' | 'sweeps'
  readonly edits: readonly Edit[]
  /**
   * The test file runs only scenarios with this in their names. Given where a run of all of them takes seconds: one that finds
   * the fault is enough.
   */
  readonly scenarios?: string
  /** Edits apply behind this fragment only; there, the first occurrence of each fragment counts. */
  readonly from?: Fragment
}

// rows.ts
const COMMIT = 'ROW_STATE, state)'
const FLIP = 'state ^ (BANK | COUNTED)'
const COUNT = '(state | COUNTED) + GENERATION'
const CLEAR = /if \(.*\) clearLive\(/
const NAME_LIVE_OWNER = ', owner + 1)'
const NAME_ROW = 'nameRow(memory, row)'
// claiming.ts
const CLAIM = /if \((\w+\(memory, address, FREE, \S+)\) return id/
// keys.ts
const PUBLISH = /if \(!(\w+\(.*recordId \+ 1\))\) \{/
const WRITE_RECORD = /(?<!function )writeRecord\(/
// row.ts
const RETURN_IF_USED = 'if (this.#present[key.keyId]) return'

const setterMutations = ['i32', 'u32', 'f32', 'f64', 'i64', 'u64'].map((type): [string, Mutation] => [
  `the setter of ${type} stores the present byte before the value`,
  {
    file: 'table/accessors',
    foundBy: 'crashes',
    scenarios: 'use named slots for the first time',
    from: `${type}: (view`,
    edits: [{ move: 'present[keyId] = 1', before: 'view[index] =' }],
  },
])

/** The present byte of a count or a text is stored in lines of its own. */
const presentFirst: readonly (readonly [string, Mutation])[] = [
  [
    'the setter of a count stores the present byte before the value',
    {
      file: 'table/accessors',
      foundBy: 'crashes',
      scenarios: 'use named slots for the first time',
      from: 'export function countAccessor(',
      edits: [{ move: 'present[keyId] = 1', before: 'if (value === (value | 0)' }],
    },
  ],
  [
    'the setter of a text stores the present byte before the text',
    {
      file: 'table/row',
      foundBy: 'crashes',
      scenarios: 'use named slots for the first time',
      edits: [{ move: 'this.#present[key.keyId] = 1', before: 'this.#write(key, text)' }],
    },
  ],
]

export const mutations: { readonly [name: string]: Mutation } = {
  'the state is stored before the live area is zeroed': {
    file: 'protocol/rows',
    foundBy: 'crashes',
    edits: [{ move: COUNT, before: CLEAR }],
  },
  'the commit is missing': { file: 'protocol/rows', foundBy: 'crashes', edits: [{ remove: COMMIT }] },
  'the commit comes before the bank is written': {
    file: 'protocol/rows',
    foundBy: 'crashes',
    edits: [
      {
        replace: /(foldIntoSpareBank\(.*), activeBank\(state\)\)/,
        with: 'const bank = activeBank(state)\n$1, bank)',
      },
      { move: FLIP, before: 'row, bank)' },
      { move: COMMIT, before: 'row, bank)' },
    ],
  },
  'the bank is not flipped': {
    file: 'protocol/rows',
    foundBy: 'crashes',
    edits: [{ replace: FLIP, with: 'state ^ COUNTED' }],
  },
  'the active bank is written instead of the spare one': {
    file: 'protocol/rows',
    foundBy: 'crashes',
    edits: [{ replace: '1 - bank', with: 'bank' }],
  },
  'a row does not say that its bank is in use': {
    file: 'protocol/rows',
    foundBy: 'crashes',
    edits: [{ replace: '| RETIRED', with: '' }],
  },
  'the live area is not zeroed': { file: 'protocol/rows', foundBy: 'crashes', edits: [{ remove: CLEAR }] },
  'the values are zeroed, but not the present bytes': {
    file: 'protocol/rows',
    foundBy: 'crashes',
    edits: [{ replace: 'presentAddress(memory, row, LIVE, 0)', with: 'blockAddress(memory, row, LIVE)' }],
  },
  'zeroing the live area goes one word too far': {
    file: 'protocol/rows',
    foundBy: 'sums',
    edits: [{ replace: 'word < end', with: 'word <= end' }],
  },
  'zeroing the live area ends one word too early': {
    file: 'protocol/rows',
    foundBy: 'crashes',
    scenarios: 'count by a label that is new',
    edits: [{ replace: 'word < end', with: 'word < end - 8' }],
  },
  'the owner of the live values is not named': {
    file: 'protocol/rows',
    foundBy: 'crashes',
    edits: [{ remove: NAME_LIVE_OWNER }],
  },
  'the owner of the live values is named for the first owner only': {
    file: 'protocol/rows',
    foundBy: 'crashes',
    edits: [
      {
        replace: /\w+(\(memory, row \+ \w+), owner \+ 1\)/,
        with: 'if (load32$1) === 0) $&',
      },
    ],
  },
  'the generation does not rise': {
    file: 'memory/layout',
    foundBy: 'operations',
    scenarios: 'fold a key of each kind',
    edits: [{ replace: /GENERATION = .+/, with: 'GENERATION = 0' }],
  },
  'a row is not claimed while it is prepared': {
    file: 'protocol/rows',
    foundBy: 'operations',
    edits: [
      { insert: 'store64(memory, row, claim - claim)', behind: 'const row = own' },
      { insert: 'store64(memory, row, claim)', behind: /if \(.*\) prepareRow\(/ },
    ],
  },
  'a thread that attaches again gets another row': {
    file: 'protocol/rows',
    foundBy: 'crashes',
    edits: [{ replace: '=== owner)', with: '=== -2)' }],
  },
  'a row that names its owner is considered ready': {
    file: 'protocol/rows',
    foundBy: 'crashes',
    scenarios: 'attach to a row that no thread has owned',
    edits: [{ replace: /&& \(.* & COUNTED\) !== 0/, with: '' }],
  },
  'a row is claimed although another thread has it by now': {
    file: 'protocol/claiming',
    foundBy: 'operations',
    edits: [
      { replace: 'cas64(memory, address, FREE,', with: 'cas64(memory, address, load64(memory, address),' },
    ],
  },
  'a row is claimed before it is covered by the count of used rows': {
    file: 'protocol/claiming',
    foundBy: 'crashes',
    edits: [
      { replace: CLAIM, with: 'const isClaimed = $1\nif (isClaimed) return id' },
      { move: 'raiseUsed(memory, usedAddress, id)', before: 'if (isClaimed)' },
    ],
  },
  'the present byte is stored before the init': {
    file: 'table/row',
    foundBy: 'crashes',
    edits: [{ move: 'Atomics.store(this.#present', behind: RETURN_IF_USED }],
  },
  ...Object.fromEntries(setterMutations),
  ...Object.fromEntries(presentFirst),
  'a carry is two stores, the low word first': {
    file: 'table/counts',
    foundBy: 'crashes',
    scenarios: 'use named slots for the first time',
    edits: [
      {
        replace: 'f64[index] = scratch.f64[0] as number',
        with: 'u32[2 * index + LOW] = value\nu32[2 * index + HIGH] = high',
      },
    ],
  },
  'a carry is two stores, the high word first': {
    file: 'table/counts',
    foundBy: 'crashes',
    scenarios: 'use named slots for the first time',
    edits: [
      {
        replace: 'f64[index] = scratch.f64[0] as number',
        with: 'u32[2 * index + HIGH] = high\nu32[2 * index + LOW] = value',
      },
    ],
  },
  'a count is stored without its high word': {
    file: 'table/counts',
    foundBy: 'crashes',
    edits: [{ replace: 'u32[2 * index + HIGH] === high', with: 'true' }],
  },
  'the setter of a count overlooks that it was large': {
    file: 'table/accessors',
    foundBy: 'crashes',
    scenarios: 'carry and borrow in a count',
    edits: [{ replace: '(value | -(view[high] as number)) >= 0', with: 'value >= 0' }],
  },
  'adding to a count overlooks the carry': {
    file: 'table/handles',
    foundBy: 'crashes',
    scenarios: 'carry and borrow in a count',
    edits: [{ replace: '&& low >= amount', with: '' }],
  },
  'a text becomes visible before it is written': {
    file: 'memory/text',
    foundBy: 'crashes',
    scenarios: 'assign a text',
    edits: [{ move: 'Atomics.store(i32, index, version)', before: 'Atomics.store(i32, start, byteLength)' }],
  },
  'a text is written over the one that others read': {
    file: 'memory/text',
    foundBy: 'crashes',
    edits: [
      {
        replace: 'const start = bufferIndex(index, version, maxBytes) Atomics.store',
        with: 'const start = bufferIndex(index, version + 1, maxBytes)\nAtomics.store',
      },
    ],
  },
  'a text is taken although it was changed meanwhile': {
    file: 'memory/text',
    foundBy: 'operations',
    scenarios: 'read keys thread by thread',
    edits: [{ remove: '!== version) continue' }],
  },
  "a thread's name is written after its row is counted": {
    file: 'protocol/rows',
    foundBy: 'crashes',
    scenarios: 'attach to a row that no thread has owned',
    edits: [{ move: NAME_ROW, behind: COUNT }],
  },
  "a row keeps the last owner's name": {
    file: 'protocol/rows',
    foundBy: 'crashes',
    edits: [{ remove: NAME_ROW }],
  },
  'values that end with their thread are kept in the bank': {
    file: 'protocol/rows',
    foundBy: 'crashes',
    edits: [{ replace: '|| !retire', with: '' }],
  },
  'values that end with their thread count until its row is handed over': {
    file: 'protocol/row-reader',
    foundBy: 'crashes',
    edits: [{ replace: "retire && scope !== 'live'", with: "scope !== 'live'" }],
  },
  'values that end with their thread count in no thread': {
    file: 'protocol/row-reader',
    foundBy: 'crashes',
    edits: [
      { replace: "isRunning(n) ? scope !== 'retired'", with: "isRunning(n) ? retire && scope !== 'retired'" },
    ],
  },
  "a record doesn't say that values are dropped": {
    file: 'protocol/key-records',
    foundBy: 'crashes',
    edits: [{ replace: 'spec.retire ? 0 : NOT_RETIRED', with: 'NOT_RETIRED - 1' }],
  },
  "a record's texts are stored over each other": {
    file: 'protocol/key-records',
    foundBy: 'crashes',
    edits: [{ remove: 'start += text.length' }],
  },
  'a slot that is in use is initialised again': {
    file: 'table/row',
    foundBy: 'crashes',
    edits: [{ remove: RETURN_IF_USED }],
  },
  'the state is not loaded a second time': {
    file: 'protocol/row-reader',
    foundBy: 'operations',
    scenarios: 'fold a key of each kind',
    edits: [{ replace: 'i32[index] === notes[n]', with: 'i32[index] === i32[index]' }],
  },
  'the thread that has claimed a row counts as the owner of its values': {
    file: 'protocol/row-reader',
    foundBy: 'crashes',
    edits: [{ replace: 'i32[(row >> 2) + LOW] === owner', with: 'i32[(row >> 2) + LOW] !== 0' }],
  },
  'the live area is read although it is not counted': {
    file: 'protocol/row-reader',
    foundBy: 'crashes',
    edits: [{ replace: '(notes[n] as number) & COUNTED & (u8', with: '1 & (u8' }],
  },
  'the bank that is not active is read': {
    file: 'protocol/row-reader',
    foundBy: 'crashes',
    edits: [{ replace: 'activeBank(notes', with: '1 - activeBank(notes' }],
  },
  'the present bytes of the bank that is not active are read': {
    file: 'protocol/row-reader',
    foundBy: 'crashes',
    edits: [{ replace: 'activeBank(state)', with: '1 - activeBank(state)' }],
  },
  'sums in place leave out what dead threads left': {
    file: 'protocol/row-reader',
    foundBy: 'crashes',
    edits: [{ remove: 'if (anyState & RETIRED) return false' }],
  },
  'sums in place are taken although a thread has come meanwhile': {
    file: 'protocol/row-reader',
    foundBy: 'sums',
    edits: [{ remove: 'if (changedRow(start, 0, count) < count) return false' }],
  },
  'sums in place are added although the rows are read again': {
    file: 'protocol/row-reader',
    foundBy: 'sums',
    edits: [
      { replace: 'count, at, into)', with: 'count, at, at)' },
      { replace: 'f64[elements + i] as number', with: 'f64[i] as number' },
    ],
  },
  'a sum does not fold each row on its own first': {
    file: 'protocol/row-reader',
    foundBy: 'sums',
    edits: [{ replace: 'liveCopy, length, bankCopy)', with: 'liveCopy, length, into)' }],
  },
  'the second fold of a snapshot adds what the first has added': {
    file: 'protocol/row-reader',
    foundBy: 'crashes',
    edits: [{ remove: 'notes[noted + n] = 0' }],
  },
  "a remote view doesn't look at the claim again": {
    file: 'protocol/remote-row',
    foundBy: 'operations',
    scenarios: 'read other threads in place',
    edits: [{ replace: 'owner === this.threadId + 1', with: 'owner >= -1' }],
  },
  "a remote view takes a row whose values are not yet that thread's": {
    file: 'protocol/remote-row',
    foundBy: 'crashes',
    edits: [{ replace: 'load32(memory, row + ROW_LIVE_OWNER)', with: 'ownerOf(load64(memory, row)) + 1' }],
  },
  'a key is published before its record is written': {
    file: 'protocol/keys',
    foundBy: 'crashes',
    edits: [
      { replace: PUBLISH, with: 'const isPublished = $1\nif (!isPublished) {' },
      { move: WRITE_RECORD, before: 'if (!isPublished)' },
    ],
  },
  'a key is published by a plain store': {
    file: 'protocol/keys',
    foundBy: 'operations',
    scenarios: 'make a key',
    edits: [
      {
        replace: /if \(!\w+\((.*?), (directoryAddress\([^)]*\)), 0, recordId \+ 1\)\) \{/,
        with: 'if (($1.i32[$2 / 4] = recordId + 1) === 0) {',
      },
    ],
  },
  'a record is kept although another thread has made the key': {
    file: 'protocol/keys',
    foundBy: 'operations',
    scenarios: 'make a key',
    edits: [{ remove: 'freeRecord(this' }],
  },
  'a record is given back although it is published': {
    file: 'protocol/keys',
    foundBy: 'crashes',
    edits: [{ replace: PUBLISH, with: 'if ($1 || true) {' }],
  },
  'a child is looked up before the keys of other threads are read': {
    file: 'protocol/children',
    foundBy: 'operations',
    scenarios: 'label',
    from: 'internChild(',
    edits: [{ move: 'const known =', before: 'const family =' }],
  },
  'a child is made although another thread has made it': {
    file: 'protocol/children',
    foundBy: 'operations',
    scenarios: 'label',
    from: 'internChild(',
    edits: [{ remove: /if \(known\) return .*/ }],
  },
  'the directory is read again between looking for a child and publishing it': {
    file: 'protocol/children',
    foundBy: 'operations',
    scenarios: 'label',
    edits: [{ replace: 'keys.known.keys + 1', with: 'keys.list().length + 1' }],
  },
  'children of other threads are not counted if they are made meanwhile': {
    file: 'protocol/children',
    foundBy: 'operations',
    scenarios: 'label',
    from: 'internChild(',
    edits: [
      { replace: 'for (;;) {', with: 'const count = keys.familyOf(key).length\nfor (;;) {' },
      { replace: 'family.length > maxChildren', with: 'count > maxChildren' },
    ],
  },
  'one child more is allowed': {
    file: 'protocol/children',
    foundBy: 'operations',
    scenarios: 'label',
    edits: [{ replace: 'family.length > maxChildren', with: 'family.length - 1 > maxChildren' }],
  },
  'one child less is allowed': {
    file: 'protocol/children',
    foundBy: 'operations',
    scenarios: 'label',
    edits: [{ replace: 'family.length > maxChildren', with: 'family.length >= maxChildren' }],
  },
  'each child is a family of its own': {
    file: 'protocol/keys',
    foundBy: 'operations',
    scenarios: 'label',
    from: '#addChild(key: Key)',
    edits: [
      { replace: 'this.#families.get(key.family)', with: 'this.#families.get(key.name)' },
      { replace: 'this.#families.set(key.family', with: 'this.#families.set(key.name' },
    ],
  },
  'only the first child is one of the family': {
    file: 'protocol/keys',
    foundBy: 'operations',
    scenarios: 'label',
    edits: [{ replace: 'family.push(key)', with: 'if (family.length === 0) family.push(key)' }],
  },
  'a child is published with the labels of another': {
    file: 'protocol/children',
    foundBy: 'operations',
    scenarios: 'label',
    edits: [{ replace: '{ ...key, labels, name: childName', with: '{ ...key, name: childName' }],
  },
  'a record is written without its labels': {
    file: 'protocol/key-records',
    foundBy: 'operations',
    scenarios: 'label',
    edits: [{ replace: "labels ? JSON.stringify(labels) : ''", with: "''" }],
  },
  'a record is read without its labels': {
    file: 'protocol/key-records',
    foundBy: 'operations',
    scenarios: 'label',
    edits: [{ replace: 'labels ? parseLabels(labels) : undefined', with: 'undefined' }],
  },
  'labels are read in another order': {
    file: 'protocol/key-records',
    foundBy: 'operations',
    scenarios: 'label',
    edits: [
      {
        replace: 'Object.freeze(labels) as Labels',
        with: 'Object.freeze(Object.fromEntries(Object.entries(labels).reverse())) as Labels',
      },
    ],
  },
  'a child with a single label of the overflow child is the overflow child': {
    file: 'memory/expand-spec',
    foundBy: 'operations',
    scenarios: 'label',
    edits: [
      {
        replace: '(labels).some(value => value !== OTHER)',
        with: '(labels).every(value => value !== OTHER)',
      },
    ],
  },
  "the overflow child's name says its labels": {
    file: 'memory/expand-spec',
    foundBy: 'operations',
    scenarios: 'label',
    edits: [{ replace: 'labels && Object.values(labels).some(value => value !== OTHER)', with: 'labels' }],
  },
  'a reading leaves out children that are new to the reader': {
    file: 'protocol/family-reader',
    foundBy: 'operations',
    scenarios: 'read a labelled key',
    edits: [{ replace: '|| keyCount !== this.#keyCount', with: '' }],
  },
  'a sum of children leaves out the overflow child': {
    file: 'kinds/labelled-reading',
    foundBy: 'operations',
    scenarios: 'label',
    edits: [{ replace: 'sumOf(this.#children.map(', with: 'sumOf(this.#children.slice(1).map(' }],
  },
  'a release frees published records': {
    file: 'protocol/release',
    foundBy: 'crashes',
    edits: [{ remove: 'claims.delete(' }],
  },
  'a release leaves unpublished records': {
    file: 'protocol/release',
    foundBy: 'crashes',
    edits: [{ replace: 'recordId < records', with: 'recordId < 0' }],
  },
  'a release forgets the descendants of a thread': {
    file: 'protocol/release',
    foundBy: 'crashes',
    scenarios: 'release a family whose youngest member died while making a key',
    edits: [{ replace: 'threadIds.add(ownerOf(claim))', with: '{}' }],
  },
  'a release frees parents before their children': {
    file: 'protocol/release',
    foundBy: 'crashes',
    scenarios: 'release a family whose youngest member died while making a key',
    edits: [{ replace: '[...threadIds].reverse()', with: '[...threadIds]' }],
  },
  'a release frees rows by a plain store': {
    file: 'protocol/release',
    foundBy: 'operations',
    scenarios: 'release a family whose youngest member died while making a key',
    edits: [{ replace: /\w+\(memory, address, claim, FREE\)/, with: 'memory.i64[address / 8] = FREE' }],
  },
  'a probe is not counted': {
    file: 'protocol/liveness',
    foundBy: 'sweeps',
    edits: [{ replace: 'state + IN_PROGRESS + 1', with: 'state + IN_PROGRESS' }],
  },
  'a probe in progress is not marked': {
    file: 'protocol/liveness',
    foundBy: 'sweeps',
    edits: [
      { replace: 'state + IN_PROGRESS + 1', with: 'state + 1' },
      { replace: 'state - IN_PROGRESS)', with: 'state)' },
    ],
  },
  'a word is freed while a probe is in progress': {
    file: 'protocol/liveness',
    foundBy: 'sweeps',
    edits: [{ replace: '(state < IN_PROGRESS ? 0 : undefined)', with: '0' }],
  },
  'a word is not freed': {
    file: 'protocol/liveness',
    foundBy: 'sweeps',
    edits: [{ replace: '(state < IN_PROGRESS ? 0 : undefined)', with: 'undefined' }],
  },
  'a thread can be probed while it parks its waiters': {
    file: 'protocol/liveness',
    foundBy: 'sweeps',
    edits: [
      { replace: 'index, 0, -initialWord(threadId))', with: 'index, 0, initialWord(threadId))' },
      { replace: 'index, -initial, initial, STATES', with: 'index, initial, initial, STATES' },
    ],
  },
  'a thread cannot be probed after it has parked its waiters': {
    file: 'protocol/liveness',
    foundBy: 'sweeps',
    edits: [{ remove: 'if (isParked) Atomics.store(' }],
  },
  'one more probe is allowed than waiters are parked': {
    file: 'protocol/liveness',
    foundBy: 'sweeps',
    edits: [
      {
        replace: 'const isAllowed = probes < probeLimit()',
        with: 'const isAllowed = probes <= probeLimit()',
      },
    ],
  },
  'more probes are begun than a word can count as in progress': {
    file: 'protocol/liveness',
    foundBy: 'sweeps',
    scenarios: 'sweep where three threads died in the middle of a probe',
    edits: [{ replace: '&& state < STATES - IN_PROGRESS', with: '' }],
  },
  'a word is changed by a plain store': {
    file: 'protocol/liveness',
    foundBy: 'sweeps',
    edits: [
      {
        replace: 'Atomics.compareExchange(memory.i32, index, word, replacement) === word',
        with: 'Atomics.store(memory.i32, index, replacement) === replacement',
      },
    ],
  },
  'a thread takes the word of another that runs': {
    file: 'protocol/liveness',
    foundBy: 'sweeps',
    scenarios: 'attach where other threads have the words, and one of them is dead',
    edits: [{ replace: 'if (other >= 0 && isDead(memory, other))', with: 'if (other >= 0)' }],
  },
  'a free word is taken by a plain store': {
    file: 'protocol/liveness',
    foundBy: 'sweeps',
    scenarios: 'attach to a free row',
    edits: [
      {
        replace: 'Atomics.compareExchange(memory.i32, index, 0, -initialWord(threadId)) === 0',
        with: 'Atomics.load(memory.i32, index) === 0 && Atomics.store(memory.i32, index, -initialWord(threadId))',
      },
    ],
  },
  'a thread whose word is in use takes no other': {
    file: 'protocol/liveness',
    foundBy: 'sweeps',
    from: 'function takeFreeWord(',
    edits: [{ replace: 'i < NEIGHBOURS', with: 'i === 0' }],
  },
  "a thread's word is sought in the first place only": {
    file: 'protocol/liveness',
    foundBy: 'sweeps',
    from: 'function findWord(',
    edits: [{ replace: 'i < NEIGHBOURS', with: 'i === 0' }],
  },
  'the words of dead threads are not taken over': {
    file: 'protocol/liveness',
    foundBy: 'sweeps',
    scenarios: 'attach where other threads have the words, and one of them is dead',
    edits: [{ remove: 'freeNeighbours(memory, threadId)\n    index' }],
  },
  'a thread parks its waiters after it has claimed something': {
    file: 'protocol/claiming',
    foundBy: 'sweeps',
    edits: [{ move: 'ensureProbeable(memory', before: 'if (id !== undefined)' }],
  },
  'a full table does not sweep': {
    file: 'protocol/claiming',
    foundBy: 'sweeps',
    edits: [{ remove: 'sweep(participant)' }],
  },
  'a full table does not try again after a sweep': {
    file: 'protocol/claiming',
    foundBy: 'sweeps',
    edits: [
      {
        replace: 'sweep(participant) id = claimFree(participant, claimable, first)',
        with: 'sweep(participant)',
      },
    ],
  },
  'a thread that sweeps probes itself': {
    file: 'protocol/sweep',
    foundBy: 'sweeps',
    edits: [{ replace: 'threadId === ownerOf(claim) ||', with: '' }],
  },
  'a thread that sweeps probes the one that has started it': {
    file: 'protocol/sweep',
    foundBy: 'sweeps',
    edits: [{ replace: '|| isChildOf(claim, threadId)', with: '' }],
  },
  'a sweep reports deaths after it has freed the rows': {
    file: 'protocol/sweep',
    foundBy: 'sweeps',
    edits: [{ move: 'host.reportDeaths(dead)', behind: 'freeFamily(memory, family)' }],
  },
  'a sweep reports no deaths': {
    file: 'protocol/sweep',
    foundBy: 'sweeps',
    edits: [{ remove: 'host.reportDeaths(dead)' }],
  },
  'a sweep frees nothing itself': {
    file: 'protocol/sweep',
    foundBy: 'sweeps',
    edits: [{ remove: 'freeFamily(memory, family)' }],
  },
  "a release frees a dead thread's word before its rows": {
    file: 'protocol/release',
    foundBy: 'sweeps',
    edits: [{ move: 'freeWord(memory, memberId)', before: 'for (const [address, claim] of claims) {' }],
  },
  'a release leaves the words of dead threads': {
    file: 'protocol/release',
    foundBy: 'sweeps',
    edits: [{ remove: 'freeWord(memory, memberId)' }],
  },
  'the number of used rows and records ends one too early': {
    file: 'protocol/claiming',
    foundBy: 'sweeps',
    edits: [{ replace: 'used <= id;', with: 'used < id;' }],
  },
  'a probe is taken back before a new waiter is parked': {
    file: 'host/main-realm',
    foundBy: 'sweeps',
    scenarios: 'replace the waiters that were woken',
    edits: [
      {
        replace: `while (word && !park(i32, word, callback)) callback = undefined do word = load(i32)
          while (word & probes && Atomics.compareExchange(i32, index, word, word - 1) !== word)`,
        with: `while (word & probes && Atomics.compareExchange(i32, index, word, word - 1) !== word)
          do word = load(i32)
          while (word && !park(i32, word, callback))
          callback = undefined`,
      },
    ],
  },
  'a probe is taken back, and no new waiter is parked': {
    file: 'host/main-realm',
    foundBy: 'sweeps',
    scenarios: 'replace the waiters that were woken',
    edits: [{ replace: 'while (word && !park(i32, word, callback))', with: 'while (word && word === 0)' }],
  },
  'a ticket counts for any generation of its word': {
    file: 'cancel/tickets',
    foundBy: 'cancel',
    edits: [{ replace: 'generationOf(word) === generation &&', with: '' }],
  },
  'a word that is used again keeps its generation': {
    file: 'cancel/own-runs',
    foundBy: 'cancel',
    edits: [
      { replace: 'generationOf(value) + 1,', with: 'generationOf(value) || 1,' },
      {
        replace: '(hasRoom ? 0 : GENERATION)',
        with: '(hasRoom || generationOf(this.#load(place.word)) ? 0 : GENERATION)',
      },
    ],
  },
  'a word is used again while one of its runs goes on': {
    file: 'cancel/own-runs',
    foundBy: 'cancel',
    edits: [{ replace: '(value & (GENERATION - 1)) === 0 &&', with: 'value % 2 === 0 &&' }],
  },
  'a copy of the module goes on with a word that another one uses': {
    file: 'cancel/own-runs',
    foundBy: 'cancel',
    edits: [{ replace: '&& generationOf(this.#load(word)) === generation', with: '' }],
  },
  'a run that is over is finished once more': {
    file: 'cancel/own-runs',
    foundBy: 'cancel',
    edits: [{ replace: 'if (isAlive(value, place))', with: '' }],
  },
  'finishing a run ends all runs of its word': {
    file: 'cancel/own-runs',
    foundBy: 'cancel',
    edits: [{ replace: 'value - (1 << place.bit)', with: 'generationOf(value) * GENERATION' }],
  },
  'a word shows its next generation before its last runs are over': {
    file: 'cancel/own-runs',
    foundBy: 'cancel',
    edits: [
      {
        insert:
          'if (place.bit === 0) this.#store(place.word, this.#load(place.word) + 1)\n' +
          'if (place.bit === 0) this.#store(place.word, this.#load(place.word) - 1)',
        behind: 'this.#latest = place',
      },
    ],
  },
  'a poll does not look whose word it has read': {
    file: 'cancel/remote-runs',
    foundBy: 'cancel',
    scenarios: 'a poll finds',
    edits: [{ replace: '&& row.checked(true) === true', with: '' }],
  },
  'a poll looks whose word it is before it reads': {
    file: 'cancel/remote-runs',
    foundBy: 'cancel',
    scenarios: 'a poll finds',
    edits: [
      {
        replace: '!isAlive(f64[index] as number, place) && row.checked(true) === true',
        with: 'row.checked(true) === true && !isAlive(f64[index] as number, place)',
      },
    ],
  },
  'a poll takes the row of the thread that it asked about before': {
    file: 'cancel/remote-runs',
    foundBy: 'cancel',
    scenarios: 'dies at any step',
    edits: [{ replace: 'known?.threadId === place.threadId ?', with: 'known ?' }],
  },
}
