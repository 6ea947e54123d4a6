/*
 * The ways to find out, without a return to the event loop, whether another thread has asked for something.
 */
import { receiveMessageOnPort } from 'node:worker_threads'
import { defaultTable, totals, valuesOf } from 'threadslots'
import { isCancelled, throwIfCancelled } from 'threadslots/cancel'
import type { Contender } from '../../harness/meter.js'
import { POLL } from './names.js'
import { ANYONE_KEY, anyone, asked, ELEMENT, type Places } from './requests.js'

/** The main thread's id. */
const MAIN = 0

/** The result of each is how many polls found a request. */
export function polls({ tickets: [ticket, other], cell, port }: Places): Contender[] {
  const remote = valuesOf(asked, MAIN)
  const levels = remote.levels
  if (!levels) throw new Error('the main thread has made no requests')
  const table = defaultTable()
  const key = table.key(ANYONE_KEY, 'count')
  return [
    poll(POLL.scalar, times => {
      let found = 0
      for (let i = 0; i < times; i++) if (remote.level === 1) found++
      return found
    }),
    poll(POLL.element, times => {
      let found = 0
      for (let i = 0; i < times; i++) if (remote.levels?.at(ELEMENT) === 1) found++
      return found
    }),
    poll(POLL.keptElement, times => {
      let found = 0
      for (let i = 0; i < times; i++) if (levels.at(ELEMENT) === 1) found++
      return found
    }),
    poll(POLL.text, times => {
      let found = 0
      for (let i = 0; i < times; i++) if (remote.mode === 'stop') found++
      return found
    }),
    poll(POLL.totals, times => {
      let found = 0
      for (let i = 0; i < times; i++) if (totals(anyone).asked === 1) found++
      return found
    }),
    poll(POLL.fold, times => {
      let found = 0
      for (let i = 0; i < times; i++) if (table.fold(key) === 1) found++
      return found
    }),
    poll(POLL.isCancelled, times => {
      let found = 0
      for (let i = 0; i < times; i++) if (isCancelled(ticket)) found++
      return found
    }),
    poll(POLL.twoTickets, times => {
      let found = 0
      for (let i = 0; i < times; i++) if (isCancelled(i % 2 === 0 ? ticket : other)) found++
      return found
    }),
    poll(POLL.throwIfCancelled, times => {
      let found = 0
      try {
        for (let i = 0; i < times; i++) throwIfCancelled(ticket)
      } catch {
        found++
      }
      return found
    }),
    poll(POLL.atomics, times => {
      let found = 0
      for (let i = 0; i < times; i++) if (Atomics.load(cell, 0) === 1) found++
      return found
    }),
    poll(POLL.port, times => {
      let found = 0
      for (let i = 0; i < times; i++) if (receiveMessageOnPort(port)) found++
      return found
    }),
  ]
}

function poll(name: string, run: (times: number) => number): Contender {
  let found = 0
  return { name, run: times => (found = run(times)), result: () => found }
}
