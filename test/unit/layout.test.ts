// Checks the table of docs/webassembly.md that native code relies on. The expected table is made from
// src/memory/layout.ts and from the memory of a real table.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Key, SlotTable } from 'threadslots'
import { labelled } from 'threadslots/labels'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  directoryAddress,
  HEADER_BYTES,
  LAYOUT_VERSION,
  MAGIC,
  MAX_HELP_BYTES,
  MAX_NAME_BYTES,
  MAX_UNIT_BYTES,
  NOT_RETIRED,
  OVERFLOWED,
  RECORD_BYTES,
  RECORD_INIT,
  RECORD_TEXT_BYTES,
  RECORD_TEXTS,
  RECORD_WORDS,
  recordAddress,
} from '../../src/memory/layout.js'
import { bytesPerElement, FOLDS, SLOT_TYPES } from '../../src/memory/slot-types.js'
import { asThread } from '../support/as-thread.js'

// The places of these numbers in the memory are found by their values, so all of them are different.
const dimensions = { maxThreads: 50, rowBytes: 528, maxKeys: 170 }
const table = SlotTable.create(dimensions)
const row = table.attach()
for (let threadId = 1; threadId <= 40; threadId++) asThread(table, 1_000_000 + threadId).attach()
for (const type of SLOT_TYPES) table.key(type, type === 'u8' || type === 'text' ? { type, length: 8 } : type)
const definition = {
  type: 'f32',
  fold: 'min',
  length: 77,
  init: -0.5,
  retire: false,
  unit: 'milliseconds',
  help: 'The time that it took, in ms.',
} as const
row.locals({ 'the last': labelled(definition, ['method']) })
const key = table.keys().at(-1) as Key
const labels = JSON.stringify(key.labels)
const view = new DataView(table.buffer)

/** The place of an i32 between two addresses, in bytes from the first; fails if it occurs more than once. */
function placeOf(value: number, from: number, to: number): number {
  const places: number[] = []
  for (let byte = from; byte < to; byte += 4)
    if (view.getInt32(byte, true) === value) places.push(byte - from)
  assert.is(places.length, 1, `${value} is at ${places}`)
  return places[0] as number
}

const directory = directoryAddress(0)
const record = recordAddress(dimensions, view.getInt32(directoryAddress(key.keyId), true) - 1)
const inHeader = (value: number) => `${placeOf(value, 0, HEADER_BYTES)}`
const inRecord = (value: number) =>
  `record + ${RECORD_WORDS + placeOf(value, record + RECORD_WORDS, record + RECORD_INIT)}`
const codes = (names: readonly string[]) => names.map((name, i) => `${i + 1} \`${name}\``).join(', ')

const lines: readonly (readonly [place: string, what: string])[] = [
  [inHeader(MAGIC), `\`0x${MAGIC.toString(16)}\`: it is a table`],
  [inHeader(LAYOUT_VERSION), `${LAYOUT_VERSION}: the version of this layout`],
  [inHeader(table.byteLength), 'bytes of the table'],
  [inHeader(dimensions.maxThreads), '`maxThreads`'],
  [inHeader(dimensions.rowBytes), '`rowBytes`'],
  [inHeader(dimensions.maxKeys), '`maxKeys`'],
  [`${directory} + 4 × \`keyId\``, 'the number of the key’s record, plus 1; 0 where there is no key yet'],
  [
    `record: ${directory} + 4 × \`maxKeys\`, rounded up to a multiple of ${HEADER_BYTES}, + ${RECORD_BYTES} × its number`,
    'a key, final once its number is in the directory (load that atomically)',
  ],
  [inRecord(SLOT_TYPES.indexOf(key.type) + 1), `its type: ${codes(SLOT_TYPES)}`],
  [inRecord(FOLDS.indexOf(key.fold) + 1), `its fold: ${codes(FOLDS)}`],
  [inRecord(77), 'the length of a vector or text, 0 for a single value'],
  [inRecord(key.byteOffset), '`key.byteOffset`: bytes from the start of a row’s slots'],
  [
    inRecord(NOT_RETIRED),
    `flags: ${NOT_RETIRED} if a dead thread’s values are dropped, ${OVERFLOWED} if labels had no room`,
  ],
  [inRecord('the last'.length), `bytes of its name, at most ${MAX_NAME_BYTES}`],
  [inRecord('milliseconds'.length), `bytes of its unit, at most ${MAX_UNIT_BYTES}`],
  [inRecord('The time that it took, in ms.'.length), `bytes of its help text, at most ${MAX_HELP_BYTES}`],
  [inRecord(labels.length), 'bytes of its labels, 0 if it has none'],
  [
    `record + ${RECORD_TEXTS}`,
    `its name, its unit, its help text and its labels (as JSON: \`${labels}\`), UTF-8, one after the other, at most ${RECORD_TEXT_BYTES} bytes`,
  ],
]

const written = ['| bytes from the table’s start | what is there |', '| --- | --- |']
  .concat(lines.map(([place, what]) => `| ${place} | ${what} |`))
  .join('\n')

const START = '<!-- layout: made by test/layout.test.ts -->\n'
const END = '\n<!-- /layout -->'
const page = readFileSync(join(import.meta.dirname, '../../../docs/webassembly.md'), 'utf8')

test('docs/webassembly.md shows the memory layout of src/memory/layout.ts and of a real table', () => {
  assert.is(page.slice(page.indexOf(START) + START.length, page.indexOf(END)), written)
})

test('keys are found as docs/webassembly.md says', () => {
  const word = (byte: number) => view.getInt32(byte, true)
  for (const { name, keyId, byteOffset } of table.keys()) {
    const number = word(128 + 4 * keyId) - 1
    const record = 128 + Math.ceil((4 * word(20)) / 128) * 128 + 1024 * number
    const bytes = new Uint8Array(table.buffer, record + 56, word(record + 32)).slice()
    assert.equal([new TextDecoder().decode(bytes), word(record + 20)], [name, byteOffset])
  }
})

test('slots are where docs/webassembly.md says, aligned to their size', () => {
  for (const key of table.keys()) {
    const address = row.byteAddress(key)
    assert.is(address, row.u8.byteOffset + key.byteOffset)
    assert.is(address % bytesPerElement(key.type), 0)
  }
})

test.run()
