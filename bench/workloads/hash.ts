/*
 * Hashes a buffer record by record, with three counters: records, bytes, and the greatest hash.
 */
import { threadLocal } from 'threadslots'
import type { Contender } from '../harness/meter.js'
import { MESSAGE_EVERY, messagePort } from './messages.js'

const RECORD_BYTES = 1024
const RECORDS = 1024
const data = Uint8Array.from({ length: RECORDS * RECORD_BYTES }, (_, i) => Math.imul(i, 2654435761) >>> 24)

/** FNV-1a, 32 bits (Fowler, Noll, Vo). */
function hash(start: number): number {
  let hash = 0x811c9dc5
  for (let i = start; i < start + RECORD_BYTES; i++) hash = Math.imul(hash ^ (data[i] as number), 0x01000193)
  return hash >>> 0
}

const startOf = (i: number): number => (i % RECORDS) * RECORD_BYTES

export function hashing(): Contender[] {
  const local = threadLocal('hash', { records: 'u32', bytes: 'f64', greatest: { type: 'u32', fold: 'max' } })
  const map = new Map<string, number>()
  const cells = new Uint32Array(new SharedArrayBuffer(3 * 128))
  return [
    {
      name: 'no counting',
      run(times) {
        let mixed = 0
        for (let i = 0; i < times; i++) mixed ^= hash(startOf(i))
        return mixed
      },
    },
    {
      name: 'slots',
      prepare: () => void Object.assign(local, { records: 0, bytes: 0, greatest: 0 }),
      run(times) {
        let mixed = 0
        for (let i = 0; i < times; i++) {
          const value = hash(startOf(i))
          mixed ^= value
          local.records++
          local.bytes += RECORD_BYTES
          if (value > local.greatest) local.greatest = value
        }
        return mixed
      },
      result: () => local.records + local.bytes + local.greatest,
    },
    {
      name: 'Map',
      prepare: () => ['records', 'bytes', 'greatest'].forEach(key => void map.set(key, 0)),
      run(times) {
        let mixed = 0
        for (let i = 0; i < times; i++) {
          const value = hash(startOf(i))
          mixed ^= value
          map.set('records', (map.get('records') as number) + 1)
          map.set('bytes', (map.get('bytes') as number) + RECORD_BYTES)
          if (value > (map.get('greatest') as number)) map.set('greatest', value)
        }
        return mixed
      },
      result: () => [...map.values()].reduce((sum, value) => sum + value, 0),
    },
    {
      name: 'Atomics.add',
      prepare: () => void cells.fill(0),
      run(times) {
        let mixed = 0
        for (let i = 0; i < times; i++) {
          const value = hash(startOf(i))
          mixed ^= value
          Atomics.add(cells, 0, 1)
          Atomics.add(cells, 32, RECORD_BYTES)
          // Atomics has no maximum. One compare-and-swap is enough while no other thread writes.
          const greatest = Atomics.load(cells, 64)
          if (value > greatest) Atomics.compareExchange(cells, 64, greatest, value)
        }
        return mixed
      },
      result: () => (cells[0] as number) + (cells[32] as number) + (cells[64] as number),
    },
    messages(),
  ]
}

function messages(): Contender {
  const port = messagePort()
  const none = () => ({ count: 0, bytes: 0, greatest: 0 })
  let sums = none()
  let sent = none()
  const add = () => {
    sent.count += sums.count
    sent.bytes += sums.bytes
    sent.greatest = Math.max(sent.greatest, sums.greatest)
  }
  return {
    name: 'a message per 1,000',
    prepare() {
      sums = none()
      sent = none()
    },
    run(times) {
      let mixed = 0
      for (let i = 0; i < times; i++) {
        const value = hash(startOf(i))
        mixed ^= value
        sums.count++
        sums.bytes += RECORD_BYTES
        if (value > sums.greatest) sums.greatest = value
        if (sums.count === MESSAGE_EVERY) {
          port.postMessage(sums)
          add()
          sums = none()
        }
      }
      return mixed
    },
    result() {
      add()
      return sent.count + sent.bytes + sent.greatest
    },
  }
}
