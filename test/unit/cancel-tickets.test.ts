// Tickets as numbers.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { decode, encode, type Place } from '../../src/cancel/tickets.js'
import { MAX_THREAD_ID } from '../../src/protocol/claims.js'
import { throws } from '../support/assertions.js'
import { randomFrom } from '../support/random.js'
import { settings } from '../support/settings.js'

/** Ids on both sides of each power of two, and the greatest. */
const THREAD_IDS = [0, 1, 2, 3, 31, 32, 2 ** 20 - 1, 2 ** 20, 2 ** 24 - 1, 2 ** 24, 2 ** 30, MAX_THREAD_ID]
const WORDS = [0, 1, 255, 256, 4095]
const BITS = [0, 1, 14, 15]

const bitsOf = (threadId: number) => (threadId === 0 ? 0 : threadId.toString(2).length)

/** What is left of 53 bits for a generation: 5 are the width's, 12 the word's, 4 the bit's. */
const lastGeneration = (threadId: number) => 2 ** (53 - 5 - 12 - 4 - bitsOf(threadId)) - 1

test('each place has a ticket of its own, which is a safe integer, from the first generation to the last', () => {
  const places = THREAD_IDS.flatMap(threadId =>
    WORDS.flatMap(word =>
      BITS.flatMap(bit =>
        [1, lastGeneration(threadId)].map((generation): Place => ({ threadId, word, generation, bit })),
      ),
    ),
  )
  const tickets = new Map<number, string>()
  for (const place of places) {
    const ticket = encode(place)
    assert.ok(Number.isSafeInteger(ticket), `${ticket}`)
    assert.equal(decode(ticket), place)
    // Some ids have so few generations that one place is in the list twice.
    assert.is(tickets.get(ticket) ?? JSON.stringify(place), JSON.stringify(place))
    tickets.set(ticket, JSON.stringify(place))
  }
  assert.is(tickets.size, new Set(places.map(place => JSON.stringify(place))).size)
})

test('there is no ticket after the last generation', () => {
  for (const threadId of THREAD_IDS) {
    const generation = lastGeneration(threadId) + 1
    assert.not(Number.isSafeInteger(encode({ threadId, word: 0, generation, bit: 0 })), `${threadId}`)
  }
})

test('random places come back from their tickets, and random tickets from their places', () => {
  const seed = Number(settings.SEED ?? Date.now() % 2 ** 31)
  const random = randomFrom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  let count = 0
  for (let i = 0; i < 20_000; i++) {
    const threadId = below(2 ** below(31))
    const generation = 1 + below(lastGeneration(threadId))
    const place: Place = { threadId, word: below(4096), generation, bit: below(16) }
    assert.equal(decode(encode(place)), place, `SEED=${seed}`)
    const ticket = below(2 ** 53)
    try {
      assert.is(encode(decode(ticket)), ticket, `SEED=${seed}`)
      count++
    } catch (error) {
      assert.instance(error, RangeError, `SEED=${seed}: ${error}`)
    }
  }
  assert.ok(count > 1000, `only ${count} tickets`)
})

test('a number that no run can have is refused', () => {
  const ticket = encode({ threadId: 0, word: 7, generation: 9, bit: 3 })
  const others = [0, -0, 1, -1, -ticket, ticket + 0.5, Number.NaN, Infinity, -Infinity, 2 ** 53, 2 ** 60]
  // Of generation 0.
  const tooSmall = [0, 1, MAX_THREAD_ID].map(threadId =>
    encode({ threadId, word: 4095, generation: 0, bit: 15 }),
  )
  // Of thread 1, as if its id took two bits, and of thread 0, as if its id took one.
  const wrongWidths = [(2 ** 16 * 4 + 1) * 32 + 2, 2 ** 16 * 64 + 1]
  for (const number of [...others, ...tooSmall, ...wrongWidths])
    throws(() => decode(number), RangeError, /^the ticket is .*; use one from cancellable\(\)$/)
})

test('what is not a number is refused', () => {
  for (const value of [undefined, null, '2097152', 2_097_152n, {}, [2_097_152], true] as unknown as number[])
    throws(() => decode(value), TypeError, /^the ticket is .*; use one from cancellable\(\)$/)
})

test.run()
