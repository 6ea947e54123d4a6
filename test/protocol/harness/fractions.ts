/*
 * Sums of fractions, which are rounded: in another order of additions a sum is another one. So it must be the same at each
 * step at which values go from a live area to a bank, to the last bit, and must never fall while values only grow.
 */
import { SlotTable } from '../../../src/table/slot-table.js'
import { randomFrom } from '../../support/random.js'
import { variables } from '../../support/variables.js'
import { stepThrough, watch } from './steps.js'
import { testAlone } from './tests.js'

/** A sum over running threads falls when one of them ends. */
const SCOPES = ['all', 'retired'] as const
const TABLES = 20
const OPERATIONS = 40
const seed = Number(variables.SEED ?? Date.now() % 2 ** 31)

const create = (maxThreads: number): SlotTable =>
  SlotTable.create({ maxThreads, rowBytes: 16, maxKeys: 2, threadId: 0, parentThreadId: -1 })

const as = ({ buffer }: SlotTable, threadId: number): SlotTable =>
  SlotTable.from(buffer, { threadId, parentThreadId: -1 })

/** A thread comes and adds a fraction. */
function add(table: SlotTable, threadId: number, amount: number, type: 'f32' | 'f64' = 'f64'): void {
  const own = as(table, threadId)
  own.attach().slot(own.key(type, type)).add(amount)
}

export function testFractions(): void {
  for (const whose of ['a running thread', 'a dead one']) {
    testAlone(
      `a sum of fractions is the same at each step of an attachment, with another row of ${whose}`,
      () => {
        const table = create(2)
        const key = table.key('f64', 'f64')
        add(table, 1, 0.1)
        if (whose === 'a dead one') {
          table.release(1)
          // Holds the row, and uses no key.
          as(table, 9).attach()
        }
        // What two dead threads left: in the bank, and in the live area.
        add(table, 2, 0.2)
        table.release(2)
        add(table, 3, 0.3)
        table.release(3)
        const all = 0.1 + (0.2 + 0.3)
        const expected = { all, retired: whose === 'a dead one' ? all : 0.2 + 0.3 }
        const heir = watch(() => as(table, 4))
        const steps = stepThrough(
          () => heir.attach(),
          step => {
            for (const scope of SCOPES) {
              const sum = table.fold(key, scope)
              if (sum !== expected[scope])
                throw new Error(`${scope} is ${sum} at step ${step}, not ${expected[scope]}`)
            }
          },
        )
        if (steps < 10) throw new Error(`only ${steps} steps`)
      },
    )
  }

  testAlone('sums of fractions never fall at any step, whoever comes, adds and goes', () => {
    const chance = randomFrom(seed)
    const random = (below: number) => Math.floor(chance() * below)
    for (let round = 0; round < TABLES; round++) {
      const maxThreads = 2 + random(3)
      const table = create(maxThreads)
      const keys = [table.key('f64', 'f64'), table.key('f32', 'f32')]
      let last = [0, 0, 0, 0]
      const look = (where: string) => {
        const now = SCOPES.flatMap(scope => keys.map(key => table.fold(key, scope)))
        now.forEach((sum, i) => {
          if (!(sum >= (last[i] as number)))
            throw new Error(
              `SEED=${seed}, table ${round}, ${where}: ${SCOPES[i >> 1]} ${keys[i & 1]?.name} from ${last[i]} to ${sum}`,
            )
        })
        last = now
      }
      let newest = 0
      let running: number[] = []
      for (let operation = 0; operation < OPERATIONS; operation++) {
        const comes = running.length === 0 || (running.length < maxThreads && random(3) === 0)
        const threadId = comes ? ++newest : (running[random(running.length)] as number)
        if (comes) running.push(threadId)
        const goes = !comes && random(3) === 0
        if (goes) running = running.filter(id => id !== threadId)
        // As different in size as fractions that are added up may be.
        const amount = (1 + random(99)) * 0.1 ** random(6)
        const type = random(2) ? 'f32' : 'f64'
        stepThrough(
          () => (goes ? as(table, 0).release(threadId) : add(table, threadId, amount, type)),
          step => look(`operation ${operation}, step ${step}`),
        )
      }
    }
  })
}
