/*
 * Sums stay right, to the last bit, at every step at which values move from a live area to a bank.
 *
 * Fractions are the hard case: adding them in another order rounds differently, so a sum could change, and even fall,
 * although nothing was lost. SEED repeats the random test.
 */
import { test } from 'uvu'
import type { SlotSpec } from '../../src/memory/schema.js'
import { SlotTable } from '../../src/table/slot-table.js'
import { randomFrom } from '../support/random.js'
import { settings } from '../support/settings.js'
import { testFailingFast } from './harness/progress.js'
import { makeSteppable, stepThrough } from './harness/stepping.js'

/** Sums that are read in place, as long as no row has passed from one thread to another, and a fold that isn't. */
const FOLDS: { readonly [name: string]: readonly [spec: SlotSpec, before: number, after: number] } = {
  ...Object.fromEntries((['u32', 'i32', 'count', 'f64', 'f32'] as const).map(type => [type, [type, 30, 70]])),
  maximum: [{ type: 'f64', fold: 'max' }, 20, 40],
}

/** The scopes whose sums never fall. A sum over running threads does when one of them ends. */
const SCOPES = ['all', 'retired'] as const
const TABLES = 20
const OPERATIONS = 40
const seed = Number(settings.SEED ?? Date.now() % 2 ** 31)

/** Rows have room for two keys of 8 bytes. */
const create = (maxThreads: number): SlotTable =>
  SlotTable.create({ maxThreads, rowBytes: 16, maxKeys: 2, threadId: 0, parentThreadId: -1 })

const openAs = ({ buffer }: SlotTable, threadId: number): SlotTable =>
  SlotTable.from(buffer, { threadId, parentThreadId: -1 })

/** A thread adds to a key. It attaches first if it hasn't yet. */
function add(table: SlotTable, threadId: number, amount: number, name = 'f64', spec: SlotSpec = 'f64'): void {
  const own = openAs(table, threadId)
  const slot = own.attach().slot(own.key(name, spec)) as { value: number }
  slot.value = Math.max(slot.value, 0) + amount
}

for (const owner of ['a running thread', 'a dead thread']) {
  testFailingFast(
    `a sum of fractions is the same at each step of attaching while another row holds values of ${owner}`,
    () => {
      const table = create(2)
      const key = table.key('f64', 'f64')
      add(table, 1, 0.1)
      if (owner === 'a dead thread') {
        table.release(1)
        // Takes the row without using a key, so that the next thread takes another row.
        openAs(table, 9).attach()
      }
      // Two dead threads have left values in the other row: the first one's are in the bank, the second one's are live.
      add(table, 2, 0.2)
      table.release(2)
      add(table, 3, 0.3)
      table.release(3)
      const all = 0.1 + (0.2 + 0.3)
      const expected = { all, retired: owner === 'a dead thread' ? all : 0.2 + 0.3 }
      const successor = makeSteppable(() => openAs(table, 4))
      const steps = stepThrough(
        () => successor.attach(),
        step => {
          for (const scope of SCOPES) {
            const sum = table.fold(key, scope)
            if (sum !== expected[scope])
              throw new Error(`step ${step}: the sum '${scope}' is ${sum}, expected ${expected[scope]}`)
          }
        },
      )
      if (steps < 10) throw new Error(`only ${steps} steps`)
    },
  )
}

testFailingFast('sums of fractions never fall at any step, whichever threads come, add and go', () => {
  const chance = randomFrom(seed)
  const random = (below: number) => Math.floor(chance() * below)
  for (let round = 0; round < TABLES; round++) {
    const maxThreads = 2 + random(3)
    const table = create(maxThreads)
    const keys = [table.key('f64', 'f64'), table.key('f32', 'f32')]
    let last = [0, 0, 0, 0]
    const checkSums = (where: string) => {
      const now = SCOPES.flatMap(scope => keys.map(key => table.fold(key, scope)))
      now.forEach((sum, i) => {
        if (!(sum >= (last[i] as number)))
          throw new Error(
            `SEED=${seed}, table ${round}, ${where}: the sum '${SCOPES[i >> 1]}' of ${keys[i & 1]?.name} fell from ${last[i]} to ${sum}`,
          )
      })
      last = now
    }
    let newestId = 0
    let running: number[] = []
    for (let operation = 0; operation < OPERATIONS; operation++) {
      const starts = running.length === 0 || (running.length < maxThreads && random(3) === 0)
      const threadId = starts ? ++newestId : (running[random(running.length)] as number)
      if (starts) running.push(threadId)
      const ends = !starts && random(3) === 0
      if (ends) running = running.filter(id => id !== threadId)
      // Magnitudes differ by up to 10⁷, so that additions round.
      const amount = (1 + random(99)) * 0.1 ** random(6)
      const type = random(2) ? 'f32' : 'f64'
      stepThrough(
        () => (ends ? openAs(table, 0).release(threadId) : add(table, threadId, amount, type, type)),
        step => checkSums(`operation ${operation}, step ${step}`),
      )
    }
  }
})

for (const [name, [spec, before, after]] of Object.entries(FOLDS)) {
  testFailingFast(
    `a fold (${name}) is one from before or after, whenever a dead thread's row is taken`,
    () => {
      let steps = Infinity
      for (let taken = 0; taken < steps; taken++) {
        const table = create(2)
        add(table, 1, 10, name, spec)
        add(table, 2, 20, name, spec)
        table.release(2)
        const reader = makeSteppable(() => openAs(table, 0))
        const key = reader.key(name, spec)
        let fold: unknown
        steps = stepThrough(
          () => {
            fold = reader.fold(key)
          },
          step => {
            if (step === taken) add(table, 3, 40, name, spec)
          },
        )
        if (fold !== before && fold !== after)
          throw new Error(
            `a row is taken at step ${taken} of ${steps}: got ${fold}, expected ${before} or ${after}`,
          )
      }
      if (steps < 8) throw new Error(`only ${steps} steps`)
    },
  )
}

testFailingFast(
  'a row that keys fill to its last byte passes through three threads and loses nothing',
  () => {
    const table = create(1)
    const keys = (['first', 'last'] as const).map(name => table.key(name, 'f64'))
    const checkSums = (sums: readonly number[], where: string) => {
      const found = keys.map(key => table.fold(key))
      if (`${found}` !== `${sums}`) throw new Error(`${where}: the sums are ${found}, expected ${sums}`)
    }
    for (const threadId of [1, 2, 3]) {
      const before = threadId - 1
      const own = makeSteppable(() => openAs(table, threadId))
      stepThrough(
        () => own.attach(),
        step => checkSums([10 * before, 100 * before], `thread ${threadId} attaches, step ${step}`),
      )
      const [first, last] = keys.map(key => own.attach().slot(key))
      first?.add(10)
      last?.add(100)
      checkSums([10 * threadId, 100 * threadId], `thread ${threadId} has added`)
      table.release(threadId)
      checkSums([10 * threadId, 100 * threadId], `thread ${threadId} is released`)
    }
  },
)

test.run()
