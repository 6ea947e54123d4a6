/*
 * What the benchmark of requests compares.
 */

export const TABLES = {
  poll: 'one poll',
  loop: 'one iteration of a loop that polls',
  run: 'one run, issued and cancelled',
  cancel: 'from abort() until',
} as const

/** The message of a thread that has polled, to which the main thread makes its requests. */
export const MEASURED = 'measured'

/** Rows in use, which `totals` and `fold` read. */
export const THREADS = 16

export const POLL = {
  scalar: 'valuesOf(local, 0).level',
  element: 'valuesOf(local, 0).levels.at(i)',
  keptElement: 'levels.at(i), a vector kept from valuesOf(local, 0)',
  text: 'valuesOf(local, 0).mode',
  totals: 'totals(local).asked',
  fold: 'table.fold(key)',
  isCancelled: 'isCancelled(ticket)',
  twoTickets: 'isCancelled(ticket), two in turn',
  throwIfCancelled: 'throwIfCancelled(ticket)',
  atomics: 'Atomics.load(array, i)',
  port: 'receiveMessageOnPort(port)',
  eventLoop: 'await setImmediate(), then signal.aborted',
} as const

export const LOOP = {
  noPoll: 'no poll',
  ticketOutside: 'throwIfCancelled(ticket), around 1,000 iterations',
  scalarOutside: 'valuesOf(local, 0).level, around 1,000 iterations',
  atomicsOutside: 'Atomics.load(array, i), around 1,000 iterations',
  ticketInside: 'throwIfCancelled(ticket), if (i % 1000 === 0)',
  ticketAlways: 'throwIfCancelled(ticket), in each iteration',
} as const

export const RUN = {
  withoutSignal: 'cancellable()',
  othersOpen: 'cancellable(), with 1,000 other runs',
  oneSignal: 'cancellable(signal), one signal for all',
  ownSignal: 'cancellable(signal), a controller for each',
  listener: 'signal.addEventListener(…), a controller for each',
  buffer: 'new SharedArrayBuffer(4)',
} as const

/** Ways to cancel a task that never returns to the event loop. */
export const METHODS = [
  'a worker, throwIfCancelled(ticket)',
  'piscina, throwIfCancelled(ticket)',
  'a worker, terminate() and new Worker()',
  'piscina, run(task, { signal })',
] as const
export type Method = (typeof METHODS)[number]

/** Where the time from `abort()` ends. */
export const UNTIL = {
  ended: 'the task ends',
  known: 'the main thread knows',
  next: 'the next task starts',
} as const
