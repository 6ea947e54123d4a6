/*
 * The blocks about requests: `requests` and `cancelling` of docs/performance.md, and `polls` of docs/requests.md.
 */
import { LOOP, METHODS, POLL, RUN, TABLES, THREADS, UNTIL } from '../contenders/requests/names.js'
import type { Figure, Results } from '../harness/results.js'
import { differenceOf, figureAt, type Lookup } from './figures.js'
import { markdownTable } from './markdown.js'
import { measuredOn } from './measured-on.js'
import { range, ratios } from './ranges.js'
import { runtimeTitle } from './runtime-title.js'

type Rows = readonly (readonly [label: string, lookup: Lookup])[]

const poll = (contender: string): Lookup => figureAt('requests', TABLES.poll, 'time', contender)
const loop = (contender: string): Lookup => figureAt('requests', TABLES.loop, 'time', contender)
const issue = (contender: string): Lookup => figureAt('requests', TABLES.run, 'time', contender)
const cancel = (until: string, method: string): Lookup => figureAt('requests', TABLES.cancel, until, method)

const SCALAR = ['`valuesOf(local, 0).level`, a number', poll(POLL.scalar)] as const
const ELEMENT = ['`valuesOf(local, 0).levels.at(i)`, an element of a vector', poll(POLL.element)] as const
const TEXT = ['`valuesOf(local, 0).mode`, a text', poll(POLL.text)] as const
const TOTALS = [`\`totals(local).asked\`, one number of ${THREADS} threads`, poll(POLL.totals)] as const
const TICKET = ['`isCancelled(ticket)`', poll(POLL.isCancelled)] as const
const BY_HAND: Rows = [
  ['`Atomics.load(array, i)`, an array that the thread was given', poll(POLL.atomics)],
  ['`receiveMessageOnPort(port)`, without a message', poll(POLL.port)],
  ['`await setImmediate()`, in which a message may abort a signal', poll(POLL.eventLoop)],
]

const POLLS: Rows = [
  SCALAR,
  ELEMENT,
  ['`levels.at(i)`, the same with `const { levels } = valuesOf(local, 0)`', poll(POLL.keptElement)],
  TEXT,
  TOTALS,
  ['`table.fold(key)`, the same', poll(POLL.fold)],
  TICKET,
  ['the same, with two tickets in turn', poll(POLL.twoTickets)],
  ['`throwIfCancelled(ticket)`', poll(POLL.throwIfCancelled)],
  ...BY_HAND,
]

const LOOPS: Rows = [
  ['no poll', loop(LOOP.noPoll)],
  ['`throwIfCancelled(ticket)` around 1,000 iterations', loop(LOOP.ticketOutside)],
  ['`valuesOf(local, 0).level` around 1,000 iterations', loop(LOOP.scalarOutside)],
  ['`Atomics.load(array, i)` around 1,000 iterations', loop(LOOP.atomicsOutside)],
  ['`if (i % 1000 === 0) throwIfCancelled(ticket)` in each iteration', loop(LOOP.ticketInside)],
  ['`throwIfCancelled(ticket)` in each iteration', loop(LOOP.ticketAlways)],
]

const ISSUES: Rows = [
  ['`cancellable()`', issue(RUN.withoutSignal)],
  ['the same, while 1,000 other runs go on', issue(RUN.othersOpen)],
  ['`cancellable(signal)`, one signal for all', issue(RUN.oneSignal)],
  ['`cancellable(new AbortController().signal)`', issue(RUN.ownSignal)],
  ['`new AbortController().signal.addEventListener(…)`, without a ticket', issue(RUN.listener)],
  ['`new Int32Array(new SharedArrayBuffer(4))`, and a store', issue(RUN.buffer)],
]

/** What a poll costs, in full. */
export const requestsBlock = (results: readonly Results[]): string =>
  [
    `Nanoseconds for one poll of a worker: medians of ${measuredOn(results, ['requests'])}.`,
    '',
    tableOf(results, POLLS),
    '',
    'Nanoseconds for one iteration of a loop that computes:',
    '',
    tableOf(results, LOOPS),
    '',
    loopText(results),
    '',
    'Nanoseconds to issue a ticket and to cancel it, in the thread that has the task run elsewhere:',
    '',
    tableOf(results, ISSUES),
  ].join('\n')

/** The polls that docs/requests.md is about. */
export const pollsBlock = (results: readonly Results[]): string =>
  [
    `Nanoseconds for one poll: medians of ${measuredOn(results, ['requests'])}.`,
    '',
    tableOf(results, [SCALAR, ELEMENT, TEXT, TOTALS, TICKET, ...BY_HAND]),
    '',
    loopText(results),
  ].join('\n')

const tableOf = (results: readonly Results[], rows: Rows): string =>
  markdownTable(
    ['', ...results.map(({ runtime }) => runtimeTitle(runtime))],
    rows.map(([label, lookup]) => [label, ...results.map(one => nanoseconds(lookup(one)))]),
  )

function nanoseconds(figure: Figure | undefined): string {
  if (!figure) return '–'
  return figure.median < 100 ? figure.median.toFixed(1) : Math.round(figure.median).toLocaleString('en-US')
}

function loopText(results: readonly Results[]): string {
  const around = range(
    ratios(results, loop(LOOP.ticketOutside), loop(LOOP.noPoll)),
    value => `${String(Math.round(100 * (value - 1))).replace('-', '−')} %`,
  )
  const inside = range(differences(results, loop(LOOP.ticketInside), loop(LOOP.noPoll)), ns => ns.toFixed(1))
  const iteration = range(
    results.flatMap(one => loop(LOOP.noPoll)(one)?.median ?? []),
    ns => ns.toFixed(1),
  )
  return (
    `A poll around an inner loop of 1,000 iterations of ${iteration} ns adds ${around} to its time. ` +
    `The same poll behind \`if (i % 1000 === 0)\` adds ${inside} ns to each iteration, because the loop tests its counter each time, ` +
    'and V8 compiles a loop with a call in it less well. In iterations that take much longer, neither matters.'
  )
}

const differences = (results: readonly Results[], above: Lookup, below: Lookup): number[] =>
  results.flatMap(one => {
    const [a, b] = [above(one), below(one)]
    return a && b ? [differenceOf(a, b)] : []
  })

/** How long cancelling takes. */
export function cancellingBlock(results: readonly Results[]): string {
  const tasks = results.flatMap(one => METHODS.map(method => cancel(UNTIL.next, method)(one)?.samples ?? 0))
  const rows = [UNTIL.ended, UNTIL.known, UNTIL.next].flatMap(until =>
    METHODS.filter(method => results.some(cancel(until, method))).map(
      method => [`until ${until}: ${labelOf(method)}`, cancel(until, method)] as const,
    ),
  )
  return [
    '![How many of the cancelled tasks had made room for the next one, by time](../bench/results/cancelling.svg)',
    '',
    `Milliseconds from \`abort()\`: median, p95, p99 and maximum of ${range(tasks, n => n.toLocaleString('en-US'))} tasks each; ` +
      `${measuredOn(results, ['requests'])}.`,
    '',
    markdownTable(
      ['', ...results.map(({ runtime }) => runtimeTitle(runtime))],
      rows.map(([label, lookup]) => [label, ...results.map(one => spread(lookup(one)))]),
    ),
    '',
    sooner(results),
  ].join('\n')
}

/** 'a worker, `terminate()` and `new Worker()`' */
const labelOf = (method: string): string => method.replace(/(new )?\w+\((\w+|task, \{ signal \})?\)/g, '`$&`')

function spread(figure: Figure | undefined): string {
  if (!figure?.percentiles) return '–'
  const { percentiles } = figure
  return [50, 95, 99, 100].map(percent => milliseconds(percentiles[percent] as number)).join(', ')
}

/** To two digits. */
const milliseconds = (ns: number): string => String(Number((ns / 1e6).toPrecision(2)))

function sooner(results: readonly Results[]): string {
  const [ticket, pooledTicket, terminate, pooledTerminate] = METHODS
  const factor = (a: string, b: string) =>
    range(ratios(results, cancel(UNTIL.next, a), cancel(UNTIL.next, b)), value =>
      Math.round(value).toLocaleString('en-US'),
    )
  return (
    `By ticket, the next task starts ${factor(terminate, ticket)} times sooner than in a thread that has to be started first, and ` +
    `${factor(pooledTerminate, pooledTicket)} times sooner in piscina. Each task ended through its own ticket, and no other ticket counted ` +
    'as cancelled meanwhile: otherwise there would be no figures.'
  )
}
