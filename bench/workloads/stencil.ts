/*
 * A stencil over a Float64Array: each cell becomes the mean of its neighbours. One counter, in the innermost
 * loop, counts the cells that moved farther than a tolerance.
 */
import { threadLocal } from 'threadslots'
import type { Contender } from '../harness/meter.js'
import { MESSAGE_EVERY, messagePort } from './messages.js'

const SIDE = 102
/** The cells of one sweep, which leaves out the border. Numbers of operations are multiples of this. */
export const CELLS: number = (SIDE - 2) ** 2
const TOLERANCE = 0.25

const before = Float64Array.from(
  { length: SIDE * SIDE },
  (_, i) => (Math.imul(i, 2654435761) >>> 8) / 2 ** 24,
)
const after = new Float64Array(SIDE * SIDE)

/** Writes the new value of a cell. Returns how far it moved. */
function relax(cell: number): number {
  const value =
    ((before[cell - SIDE] as number) +
      (before[cell - 1] as number) +
      (before[cell + 1] as number) +
      (before[cell + SIDE] as number)) /
    4
  after[cell] = value
  return Math.abs(value - (before[cell] as number))
}

export function stencil(): Contender[] {
  const local = threadLocal('stencil', { moved: 'u32' })
  const map = new Map<string, number>()
  const cells = new Uint32Array(new SharedArrayBuffer(128))
  return [
    {
      name: 'no counting',
      run(times) {
        let farthest = 0
        for (let sweep = 0; sweep < times; sweep += CELLS) {
          for (let row = SIDE; row < SIDE * (SIDE - 1); row += SIDE) {
            for (let cell = row + 1; cell < row + SIDE - 1; cell++) {
              const distance = relax(cell)
              if (distance > TOLERANCE) farthest = distance
            }
          }
        }
        return farthest
      },
    },
    {
      name: 'slots',
      prepare() {
        local.moved = 0
      },
      run(times) {
        let farthest = 0
        for (let sweep = 0; sweep < times; sweep += CELLS) {
          for (let row = SIDE; row < SIDE * (SIDE - 1); row += SIDE) {
            for (let cell = row + 1; cell < row + SIDE - 1; cell++) {
              const distance = relax(cell)
              if (distance > TOLERANCE) {
                farthest = distance
                local.moved++
              }
            }
          }
        }
        return farthest
      },
      result: () => local.moved,
    },
    {
      name: 'Map',
      prepare: () => void map.set('moved', 0),
      run(times) {
        let farthest = 0
        for (let sweep = 0; sweep < times; sweep += CELLS) {
          for (let row = SIDE; row < SIDE * (SIDE - 1); row += SIDE) {
            for (let cell = row + 1; cell < row + SIDE - 1; cell++) {
              const distance = relax(cell)
              if (distance > TOLERANCE) {
                farthest = distance
                map.set('moved', (map.get('moved') as number) + 1)
              }
            }
          }
        }
        return farthest
      },
      result: () => map.get('moved') as number,
    },
    {
      name: 'Atomics.add',
      prepare: () => void cells.fill(0),
      run(times) {
        let farthest = 0
        for (let sweep = 0; sweep < times; sweep += CELLS) {
          for (let row = SIDE; row < SIDE * (SIDE - 1); row += SIDE) {
            for (let cell = row + 1; cell < row + SIDE - 1; cell++) {
              const distance = relax(cell)
              if (distance > TOLERANCE) {
                farthest = distance
                Atomics.add(cells, 0, 1)
              }
            }
          }
        }
        return farthest
      },
      result: () => cells[0] as number,
    },
    messages(),
  ]
}

function messages(): Contender {
  const port = messagePort()
  let count = 0
  let sent = 0
  return {
    name: 'a message per 1,000',
    prepare() {
      count = 0
      sent = 0
    },
    run(times) {
      let farthest = 0
      for (let sweep = 0; sweep < times; sweep += CELLS) {
        for (let row = SIDE; row < SIDE * (SIDE - 1); row += SIDE) {
          for (let cell = row + 1; cell < row + SIDE - 1; cell++) {
            const distance = relax(cell)
            if (distance > TOLERANCE) {
              farthest = distance
              if (++count === MESSAGE_EVERY) {
                port.postMessage({ count })
                sent += count
                count = 0
              }
            }
          }
        }
      }
      return farthest
    },
    result: () => sent + count,
  }
}
