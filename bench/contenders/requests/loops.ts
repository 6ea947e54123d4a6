/*
 * A loop that computes, and polls every 1,000 iterations: around an inner loop of 1,000, or within the only loop, which then
 * has to count, and keeps less in registers.
 */
import { valuesOf } from 'threadslots'
import { throwIfCancelled } from 'threadslots/cancel'
import type { Contender } from '../../harness/meter.js'
import { LOOP } from './names.js'
import { asked, type Places } from './requests.js'
import { isInside, nextPoint, SEED } from './work.js'

const EVERY = 1000

/** The result of each is how many points lie in the circle. */
export function loops({ tickets: [ticket], cell }: Places): Contender[] {
  const remote = valuesOf(asked, 0)
  return [
    loop(LOOP.noPoll, times => {
      let inside = 0
      let point = SEED
      for (let i = 0; i < times; i++) {
        point = nextPoint(point)
        if (isInside(point)) inside++
      }
      return inside
    }),
    loop(LOOP.ticketOutside, times => {
      let inside = 0
      let point = SEED
      for (let done = 0; done < times; done += EVERY) {
        throwIfCancelled(ticket)
        for (let i = 0; i < EVERY; i++) {
          point = nextPoint(point)
          if (isInside(point)) inside++
        }
      }
      return inside
    }),
    loop(LOOP.scalarOutside, times => {
      let inside = 0
      let point = SEED
      for (let done = 0; done < times && remote.level !== 1; done += EVERY) {
        for (let i = 0; i < EVERY; i++) {
          point = nextPoint(point)
          if (isInside(point)) inside++
        }
      }
      return inside
    }),
    loop(LOOP.atomicsOutside, times => {
      let inside = 0
      let point = SEED
      for (let done = 0; done < times && Atomics.load(cell, 0) !== 1; done += EVERY) {
        for (let i = 0; i < EVERY; i++) {
          point = nextPoint(point)
          if (isInside(point)) inside++
        }
      }
      return inside
    }),
    loop(LOOP.ticketInside, times => {
      let inside = 0
      let point = SEED
      for (let i = 0; i < times; i++) {
        if (i % EVERY === 0) throwIfCancelled(ticket)
        point = nextPoint(point)
        if (isInside(point)) inside++
      }
      return inside
    }),
    loop(LOOP.ticketAlways, times => {
      let inside = 0
      let point = SEED
      for (let i = 0; i < times; i++) {
        throwIfCancelled(ticket)
        point = nextPoint(point)
        if (isInside(point)) inside++
      }
      return inside
    }),
  ]
}

function loop(name: string, run: (times: number) => number): Contender {
  let inside = 0
  return { name, run: times => (inside = run(times)), result: () => inside }
}
