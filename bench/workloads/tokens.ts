/*
 * Splits a text into words, with three counters: words, characters, and the longest word.
 */
import { threadLocal } from 'threadslots'
import type { Contender } from '../harness/meter.js'
import { MESSAGE_EVERY, messagePort } from './messages.js'

const SPACE = 32
const WORDS = 100_000
/** Words of 1 to 12 letters; the same text in each run. */
const text: string = `${Array.from({ length: WORDS }, (_, i) => 'abcdefghijkl'.slice((Math.imul(i, 2654435761) >>> 20) % 12)).join(' ')} `

/** The end of the word that starts here. */
function endOf(start: number): number {
  let end = start
  while (text.charCodeAt(end) !== SPACE) end++
  return end
}

/** The start of the word after one that ends here; wraps around at the end of the text. */
const next = (end: number): number => (end + 1 < text.length ? end + 1 : 0)

export function tokenising(): Contender[] {
  const local = threadLocal('tokens', {
    words: 'u32',
    characters: 'u32',
    longest: { type: 'u32', fold: 'max' },
  })
  const map = new Map<string, number>()
  const cells = new Uint32Array(new SharedArrayBuffer(3 * 128))
  return [
    {
      name: 'no counting',
      run(times) {
        let start = 0
        for (let i = 0; i < times; i++) start = next(endOf(start))
        return start
      },
    },
    {
      name: 'slots',
      prepare: () => void Object.assign(local, { words: 0, characters: 0, longest: 0 }),
      run(times) {
        let start = 0
        for (let i = 0; i < times; i++) {
          const end = endOf(start)
          local.words++
          local.characters += end - start
          if (end - start > local.longest) local.longest = end - start
          start = next(end)
        }
        return start
      },
      result: () => local.words + local.characters + local.longest,
    },
    {
      name: 'Map',
      prepare: () => ['words', 'characters', 'longest'].forEach(key => void map.set(key, 0)),
      run(times) {
        let start = 0
        for (let i = 0; i < times; i++) {
          const end = endOf(start)
          map.set('words', (map.get('words') as number) + 1)
          map.set('characters', (map.get('characters') as number) + end - start)
          if (end - start > (map.get('longest') as number)) map.set('longest', end - start)
          start = next(end)
        }
        return start
      },
      result: () => [...map.values()].reduce((sum, value) => sum + value, 0),
    },
    {
      name: 'Atomics.add',
      prepare: () => void cells.fill(0),
      run(times) {
        let start = 0
        for (let i = 0; i < times; i++) {
          const end = endOf(start)
          Atomics.add(cells, 0, 1)
          Atomics.add(cells, 32, end - start)
          const longest = Atomics.load(cells, 64)
          if (end - start > longest) Atomics.compareExchange(cells, 64, longest, end - start)
          start = next(end)
        }
        return start
      },
      result: () => (cells[0] as number) + (cells[32] as number) + (cells[64] as number),
    },
    messages(),
  ]
}

function messages(): Contender {
  const port = messagePort()
  const none = () => ({ count: 0, characters: 0, longest: 0 })
  let sums = none()
  let sent = none()
  const add = () => {
    sent.count += sums.count
    sent.characters += sums.characters
    sent.longest = Math.max(sent.longest, sums.longest)
  }
  return {
    name: 'a message per 1,000',
    prepare() {
      sums = none()
      sent = none()
    },
    run(times) {
      let start = 0
      for (let i = 0; i < times; i++) {
        const end = endOf(start)
        sums.count++
        sums.characters += end - start
        if (end - start > sums.longest) sums.longest = end - start
        if (sums.count === MESSAGE_EVERY) {
          port.postMessage(sums)
          add()
          sums = none()
        }
        start = next(end)
      }
      return start
    },
    result() {
      add()
      return sent.count + sent.characters + sent.longest
    },
  }
}
