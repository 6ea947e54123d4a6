/*
 * Key records: where a key's definition is stored, in shared memory.
 */
import { requireWhole, tableFull } from '../memory/errors.js'
import { encode, expandSpec } from '../memory/expand-spec.js'
import {
  MAX_HELP_BYTES,
  MAX_NAME_BYTES,
  MAX_UNIT_BYTES,
  type Memory,
  NOT_RETIRED,
  RECORD_INIT,
  RECORD_TEXTS,
  RECORD_WORDS,
  RECORDS_USED,
  recordAddress,
  recordCount,
} from '../memory/layout.js'
import type { ResolvedSpec, SlotSpec } from '../memory/schema.js'
import { bytesPerElement, FOLDS, SLOT_TYPES, type SlotType, wideType } from '../memory/slot-types.js'
import { loadElement, type StoredKey, storeWide } from '../memory/values.js'
import { cas32, cas64, load32, load64 } from '../memory/words.js'
import { FREE, type Participant } from './claims.js'
import { claimOrSweep } from './sweep.js'

/** A key as its record describes it. */
export interface RecordedKey extends StoredKey {
  /** Element index of the key in `row.<type>`. */
  readonly index: number
}

/** The texts of a record in their order, and the least and most bytes of each. */
const TEXT_LIMITS = [
  ['nameBytes', 1, MAX_NAME_BYTES],
  ['unitBytes', 0, MAX_UNIT_BYTES],
  ['helpBytes', 0, MAX_HELP_BYTES],
] as const

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Claims a free record and returns its id. The search starts at `firstRecordId`, because the records below the number of
 * keys are mostly taken.
 * @throws {RangeError} if no record is free, even after a sweep.
 */
export function claimRecord(participant: Participant, firstRecordId: number): number {
  const recordId = claimOrSweep(participant, () => claimFreeRecord(participant, firstRecordId))
  if (recordId !== undefined) return recordId
  throw tableFull(
    `all ${recordCount(participant.memory)} key records are taken; ` +
      'release dead threads, or create the table with a larger maxKeys',
  )
}

function claimFreeRecord({ memory, claim }: Participant, firstRecordId: number): number | undefined {
  const records = recordCount(memory)
  for (let i = 0; i < records; i++) {
    const recordId = (firstRecordId + i) % records
    const address = recordAddress(memory, recordId)
    if (load64(memory, address) !== FREE) continue
    // Raise RECORDS_USED before claiming, so that a releaser sees every claimed record.
    for (let used = load32(memory, RECORDS_USED); used <= recordId; used = load32(memory, RECORDS_USED))
      cas32(memory, RECORDS_USED, used, recordId + 1)
    if (cas64(memory, address, FREE, claim)) return recordId
  }
  return undefined
}

/** Gives back a record that was claimed and not published. */
export function freeRecord({ memory, claim }: Participant, recordId: number): void {
  cas64(memory, recordAddress(memory, recordId), claim, FREE)
}

/** Writes a key's definition into a claimed record. Nobody reads it before it is published. */
export function writeRecord(memory: Memory, recordId: number, spec: ResolvedSpec, byteOffset: number): void {
  const address = recordAddress(memory, recordId)
  const type = SLOT_TYPES.indexOf(spec.type) + 1
  const fold = FOLDS.indexOf(spec.fold) + 1
  const flags = spec.retire ? 0 : NOT_RETIRED
  const texts = [spec.name, spec.unit ?? '', spec.help ?? ''].map(encode)
  const textBytes = texts.map(({ length }) => length)
  memory.i32.set(
    [type, fold, spec.length ?? 0, byteOffset, spec.histogram, flags, ...textBytes],
    (address + RECORD_WORDS) / 4,
  )
  storeWide(memory, spec.type, address + RECORD_INIT, spec.init)
  let start = address + RECORD_TEXTS
  for (const text of texts) {
    memory.u8.set(text, start)
    start += text.length
  }
}

/**
 * Reads the key of a published record. It trusts nothing, because any code may have written to the memory.
 * @throws {TypeError | RangeError} if the record contradicts itself.
 */
export function readRecord(memory: Memory, keyId: number, recordId: number): RecordedKey {
  const address = recordAddress(memory, recordId)
  const words = memory.i32.subarray((address + RECORD_WORDS) / 4)
  const [typeCode = 0, foldCode = 0, length, byteOffset = 0, histogram = 0, flags = 0] = words
  const type = SLOT_TYPES[typeCode - 1] as SlotType
  const fold = FOLDS[foldCode - 1] ?? 'unknown'
  let start = address + RECORD_TEXTS
  const [name, unit, help] = TEXT_LIMITS.map(([what, minBytes, maxBytes], i) => {
    const byteLength = requireWhole(what, words[6 + i], minBytes, maxBytes)
    start += byteLength
    // A copy, because decoders refuse shared memory.
    return decoder.decode(memory.u8.slice(start - byteLength, start))
  }) as [string, string, string]
  const spec = expandSpec(name, {
    type,
    fold,
    length: length || undefined,
    init: loadElement(memory, wideType(type), address + RECORD_INIT),
    retire: (flags & NOT_RETIRED) === 0,
    unit: unit || undefined,
    help: help || undefined,
  } as SlotSpec)
  // Not a literal with a spread: that takes 1.5 µs on Node 20.
  return Object.assign(spec, { histogram, keyId, byteOffset, index: byteOffset / bytesPerElement(type) })
}
