/*
 * Counting from a large value on: past 2^31 a count is no small integer any more, and past 2^32 it has two words.
 */
import { defaultTable, threadLocal } from 'threadslots'
import type { Contender } from '../harness/meter.js'

/** Adds 1 to counts that start at `start`. */
export function largeCounts(start: number): Contender[] {
  const local = threadLocal('large', { x: 'count' })
  const table = defaultTable()
  const slot = table.attach().slot(table.key('large.slot', 'count'))
  const object = { x: start }
  return [
    {
      name: 'local.x',
      prepare() {
        local.x = start
      },
      run(times) {
        for (let i = 0; i < times; i++) local.x++
      },
      result: () => local.x,
    },
    {
      name: 'slot.add(1)',
      prepare() {
        slot.value = start
      },
      run(times) {
        for (let i = 0; i < times; i++) slot.add(1)
      },
      result: () => slot.value,
    },
    {
      name: 'object.x',
      prepare() {
        object.x = start
      },
      run(times) {
        for (let i = 0; i < times; i++) object.x++
      },
      result: () => object.x,
    },
  ]
}
